import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchDirectory, scratchPath } from '../helpers/scratch.mjs';
import { sameAsNode, sameAsNodeAlone } from './harness.mjs';

function file(name, text, mode = 0o755) {
  const path = scratchPath(name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

function directoryWith(name, mode) {
  const directory = scratchPath('directory');
  mkdirSync(directory);
  writeFileSync(join(directory, name), '#!/bin/sh\necho found\n', { mode });
  return directory;
}

const permitted = directoryWith('plain-or-not', 0o755);
const forbidden = directoryWith('plain-or-not', 0o644);
const plain = file('plain', '', 0o644);

/** Emitted by some, thrown by others: as Node does it. */
const FAILURES = [
  ['a program that does not exist', 'exec', ['/nonexistent/program', ['a', 'b']]],
  ['a name that PATH does not lead to', 'exec', ['no-such-program-anywhere']],
  ['a PATH of the child that leads nowhere', 'exec', ['true', { env: { PATH: '/nonexistent' } }]],
  ['an interpreter that does not exist', 'exec', [file('script', '#!/nonexistent/interpreter\n')]],
  ['a directory', 'exec', [scratchDirectory()]],
  ['a file that is not executable', 'exec', [plain]],
  ['a file in a file', 'exec', [`${plain}/program`]],
  ['a name that is too long', 'exec', ['n'.repeat(300)]],
  ['a path that is too long', 'exec', [`/${'n/'.repeat(3000)}`]],
  ['an argument that is too long', 'exec', ['true', ['x'.repeat(256 * 1024)]]],
  ['an environment that is too long', 'exec', ['true', [], { env: { A: 'x'.repeat(256 * 1024) } }]],
  ['a directory that does not exist', 'cwd', ['true', [], { cwd: '/nonexistent' }]],
  ['a directory that is a file', 'cwd', ['true', [], { cwd: plain }]],
  ['a shell that does not exist', 'exec', ['true', [], { shell: '/nonexistent/shell' }]],
  ['an argv0 beside a program that does not exist', 'exec', ['/nonexistent/program', { argv0: 'zero' }]],
  ['a descriptor that is not open', 'stdio', ['true', [], { stdio: [0, 1, 19_999] }]],
];

const WITH_CHANNEL = ['pipe', 'overlapped', 'pipe', 'ipc', 'pipe'];

for (const [what, step, [program, ...others]] of FAILURES) {
  const args = others.find(Array.isArray) ?? [];
  const options = others.find((other) => !Array.isArray(other)) ?? {};
  const variants = {
    'with pipes': options,
    'without pipes': { ...options, stdio: 'ignore' },
    'with a channel': { ...options, stdio: WITH_CHANNEL },
  };
  for (const [how, variant] of Object.entries(step === 'stdio' ? { 'among others': options } : variants)) {
    sameAsNode(`${what}, ${how}`, ({ spawn }) => void spawn(program, args, variant), { steps: [step] });
  }
}

const script = file('script', 'echo "$0 $1"; exit 7\n');
sameAsNode('a script that names no interpreter is run by /bin/sh', ({ spawn }) => {
  spawn(script, ['argument'], { argv0: 'zero' });
});

sameAsNode('the search of PATH skips a file that may not be executed', ({ spawn }) => {
  spawn('plain-or-not', [], { env: { PATH: `${forbidden}:${permitted}` } });
  spawn('plain-or-not', [], { env: { PATH: `${forbidden}:/nonexistent` } });
});

sameAsNode('PATH is looked up from the directory of the child', ({ spawn }) => {
  spawn('plain-or-not', [], { cwd: permitted, env: { PATH: '.' } });
  spawn('plain-or-not', [], { cwd: permitted, env: { PATH: '' } });
  spawn('./plain-or-not', [], { cwd: permitted });
});

sameAsNode(
  'without PATH the default of the system is searched',
  ({ spawn }) => void spawn('true', [], { env: {} }),
);

// Without pipes the two need different numbers of descriptors, as long as there are some.
const forms = ['pipe', ['pipe', 'overlapped', 'pipe', 'ipc']];
for (const free of [0, 1, 2, 3, 5]) {
  sameAsNodeAlone(`a table of descriptors in which ${free} are free`, 'full-table.mjs', {
    how: {
      input: { free, forms: free === 0 ? [...forms, 'ignore'] : forms },
      through: ['sh', '-c', 'ulimit -n 100; exec "$@"', 'sh'],
    },
  });
}

const locked = scratchPath('locked');
mkdirSync(locked, { mode: 0o700 });
const isRoot = process.getuid() === 0;
if (!isRoot) chmodSync(locked, 0);

sameAsNodeAlone('a user that may not be taken, a directory that may not be entered', 'another-user.mjs', {
  how: { input: { forbidden: locked }, ...(isRoot && { uid: 65_534, gid: 65_534 }) },
});
