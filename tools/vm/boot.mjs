/** Boots the machine and waits for its end. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDirectory } from './places.mjs';

const MEGABYTES = 6144;

/** With a second one, a launch waits more for the other emulated processor than for anything that it does itself. */
const PROCESSORS = 1;

/** @returns {Promise<number>} the exit status of the command */
export async function boot(kernel, image) {
  const [output, status] = ['output', 'status'].map((name) => join(buildDirectory, name));
  const machine = spawn(
    'qemu-system-x86_64',
    [
      ...['-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', PROCESSORS, '-m', MEGABYTES],
      ...['-kernel', kernel, '-initrd', image, '-append', 'console=ttyS0 quiet panic=-1 mitigations=off'],
      ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
      ...['-serial', 'stdio', '-serial', `file:${output}`, '-serial', `file:${status}`],
    ].map(String),
    { stdio: ['ignore', 2, 2] },
  );
  await once(machine, 'exit');
  process.stdout.write(readFileSync(output));
  const text = readFileSync(status, 'utf8').trim();
  if (text === '') throw new Error('the machine ended before the command did');
  return Number(text);
}
