// The pipe that a supervisor inherits from whoever started it, without close-on-exec.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';

export const LOG_READ = 1066;
export const LOG_WRITE = 1067;

/** Runs a supervisor, in a process group of its own, that has both ends of a pipe at 1066 and 1067. */
export function startWithLogPipe([command, ...args], folder) {
  const pipe = join(folder, 'log');
  const made = spawnSync('mkfifo', [pipe], { stdio: 'inherit' });
  if (made.status !== 0) throw new Error('mkfifo failed');

  // Each end blocks in open() until the other is there, hence a third that is both.
  const both = openSync(pipe, constants.O_RDWR);
  const ends = [openSync(pipe, constants.O_RDONLY), openSync(pipe, constants.O_WRONLY)];
  try {
    return spawn(command, args, { stdio: stdioWith(ends), detached: true });
  } finally {
    for (const fd of [both, ...ends]) closeSync(fd);
  }
}

function stdioWith([read, write]) {
  const stdio = ['ignore', 'inherit', 'inherit', ...Array(LOG_WRITE - 2).fill('ignore')];
  stdio[LOG_READ] = read;
  stdio[LOG_WRITE] = write;
  return stdio;
}
