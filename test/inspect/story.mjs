// The story of docs/inspect.md as files of proc(5): a supervisor that leaked a pipe into what it started.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { scratchDirectory } from '../helpers/scratch.mjs';
import { writeProcess } from './synthetic.mjs';

const PIPE = 'pipe:[124628537]';
/** write(1, ...) on this architecture. */
const WRITES = { x64: '1 0x1', arm64: '64 0x1' }[process.arch];
const INHERITABLE = { read: '00', write: '01' };

/** Returns the root. Once the supervisor is dead its child writes until the pipe is full, and hangs. */
export function writeStory({ supervised, folder = scratchDirectory() }) {
  const root = mkdtempSync(join(folder, 'story-'));
  const nothing = { fd: 0, target: '/dev/null' };
  writeProcess(root, { pid: 1, parent: 0, name: 'init', fds: [nothing] });
  if (supervised) {
    writeProcess(root, {
      pid: 800,
      parent: 1,
      name: 'supervisord',
      fds: [nothing, { fd: 1066, target: PIPE, flags: INHERITABLE.read }],
    });
  }
  writeProcess(root, {
    pid: 1066,
    parent: supervised ? 800 : 1,
    name: 'php',
    fds: [
      nothing,
      { fd: 1, target: PIPE, flags: INHERITABLE.write },
      { fd: 1066, target: PIPE, flags: INHERITABLE.read },
    ],
    syscall: supervised ? 'running' : `${WRITES} 0x7ffd 0x1000`,
  });
  return root;
}
