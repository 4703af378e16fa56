import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'node:test';
import { pathToFileURL } from 'node:url';
import { fatalProgram } from '../helpers/fatal-program.mjs';
import { outcome, sameCallback, sameModules, sameSync } from './harness.mjs';

const sh = (script, options) => ['sh', ['-c', script], options];

// ---- results -------------------------------------------------------------------------------------------------

for (const code of [0, 1, 127, 255]) {
  sameSync(`spawnSync: exit code ${code}`, 'spawnSync', () => sh(`exit ${code}`));
}

for (const signal of ['SIGKILL', 'SIGTERM', 'SIGUSR2', 'SIGABRT']) {
  sameSync(`spawnSync: death by ${signal}`, 'spawnSync', () =>
    sh(`ulimit -c 0; kill -${constants.signals[signal]} $$; exec sleep 1000`),
  );
}

const fatal = fatalProgram();
sameSync('spawnSync: a program that the kernel kills while it is executed', 'spawnSync', () => [fatal]);

for (const signal of [34, 64]) {
  sameSync(`spawnSync: death by signal ${signal}, which has no name`, 'spawnSync', () =>
    sh(`kill -${signal} $$; exec sleep 1000`),
  );
}

const OUTPUTS = 'printf "\\303\\244x"; printf err >&2';
for (const encoding of [undefined, null, 'buffer', 'utf8', 'latin1', 'hex', 'base64', 'utf16le']) {
  sameSync(`spawnSync: encoding ${encoding}`, 'spawnSync', () => sh(OUTPUTS, { encoding }));
}
sameSync('spawnSync: an encoding that is none', 'spawnSync', () => sh(OUTPUTS, { encoding: 'nothing' }));

sameSync('spawnSync: a program alone', 'spawnSync', () => ['true']);
sameSync('spawnSync: options instead of arguments', 'spawnSync', () => ['env', { env: { A: 'b' } }]);
sameSync('spawnSync: a shell', 'spawnSync', () => ['echo $0 $A', { shell: true, env: { A: 'b' } }]);
sameSync('spawnSync: a shell by its path', 'spawnSync', () => ['echo $0', { shell: '/bin/sh' }]);
sameSync('spawnSync: argv0', 'spawnSync', () => ['sh', ['-c', 'echo $0'], { argv0: 'name' }]);
sameSync('spawnSync: cwd', 'spawnSync', () => ['pwd', [], { cwd: '/' }]);
sameSync('spawnSync: cwd as URL', 'spawnSync', () => ['pwd', [], { cwd: pathToFileURL('/usr') }]);
sameSync('spawnSync: an empty cwd, which is no directory', 'spawnSync', () => ['pwd', [], { cwd: '' }]);
sameSync('execFileSync: an empty cwd', 'execFileSync', () => ['pwd', [], { cwd: '' }]);
sameSync('execSync: an empty cwd', 'execSync', () => ['pwd', { cwd: '' }]);
sameSync('spawnSync: detached', 'spawnSync', () => ['true', [], { detached: true }]);
sameSync('spawnSync: the environment of this process', 'spawnSync', () => ['env']);
sameSync('spawnSync: `signal` means nothing', 'spawnSync', () => ['true', [], { signal: 'anything' }]);

// ---- failed starts -------------------------------------------------------------------------------------------

const FAILURES = {
  'no such program': ['no-such-program', ['argument']],
  'no such path': ['/no/such/path'],
  'a file that is no program': ['/etc/passwd'],
  'a directory': ['/'],
  'a component that is no directory': ['/etc/passwd/x'],
  'no such working directory': ['true', [], { cwd: '/no/such/directory' }],
  'a working directory that is none': ['true', [], { cwd: '/etc/passwd' }],
  'arguments too long': ['true', ['x'.repeat(200_000)]],
  'a descriptor that is not open': ['true', [], { stdio: [0, 1, 9999] }],
  'a negative descriptor in an object': ['true', [], { stdio: ['pipe', { fd: -1 }] }],
};
for (const [title, args] of Object.entries(FAILURES)) {
  sameSync(`spawnSync: ${title}`, 'spawnSync', () => args);
  sameSync(`execFileSync: ${title}`, 'execFileSync', () => args);
}

// ---- limits --------------------------------------------------------------------------------------------------

const FOREVER = 'exec sleep 1000';
sameSync('spawnSync: timeout', 'spawnSync', () => sh(FOREVER, { timeout: 50 }));
sameSync('spawnSync: timeout with output', 'spawnSync', () => sh(`echo x; ${FOREVER}`, { timeout: 1000 }));
sameSync('spawnSync: timeout with killSignal', 'spawnSync', () =>
  sh(FOREVER, { timeout: 50, killSignal: 'SIGKILL' }),
);
sameSync('spawnSync: killSignal by number', 'spawnSync', () => sh(FOREVER, { timeout: 50, killSignal: 2 }));
sameSync('spawnSync: a signal that the program outlives', 'spawnSync', () =>
  sh('trap "exit 7" TERM; echo ready; while :; do sleep 0.01; done', { timeout: 1000 }),
);
sameSync('spawnSync: timeout of a grandchild that holds the pipe', 'spawnSync', () =>
  // On a busy machine the shell needs a while to end.
  sh('sleep 3 & exit 3', { timeout: 1000 }),
);
sameSync('spawnSync: a timeout that is not reached', 'spawnSync', () => ['true', [], { timeout: 60_000 }]);

/** Goes on for a while, so that it is the limit that ends it. */
const TEN = 'printf 0123456789; exec sleep 0.3';
for (const maxBuffer of [undefined, null, 0, 9, 10, 11, Number.POSITIVE_INFINITY, 9.5]) {
  sameSync(`spawnSync: maxBuffer ${maxBuffer}`, 'spawnSync', () => sh(TEN, { maxBuffer }));
  sameSync(`execSync: maxBuffer ${maxBuffer}`, 'execSync', () => [TEN, { maxBuffer }]);
}
sameSync('spawnSync: maxBuffer counts both streams', 'spawnSync', () =>
  sh('printf 12345; sleep 0.1; printf 67890 >&2; exec sleep 1000', { maxBuffer: 9 }),
);
sameModules('spawnSync: maxBuffer is a mebibyte by default', ({ spawnSync }) => {
  const sizes = [1024 * 1024, 1024 * 1024 + 1];
  return sizes.map((size) => spawnSync('head', ['-c', String(size), '/dev/zero']).error?.code);
});
sameModules('spawnSync: output of megabytes arrives', ({ spawnSync }) => {
  const { stdout, status } = spawnSync('head', ['-c', '5000000', '/dev/zero'], { maxBuffer: 1e7 });
  return { length: stdout.length, status };
});

// ---- input ---------------------------------------------------------------------------------------------------

const INPUTS = {
  'a string': 'tëxt',
  'an empty string': '',
  'a Buffer': Buffer.from('bytes'),
  'a Uint16Array': Uint16Array.of(0x6261, 0x6463),
  'a DataView': new DataView(new TextEncoder().encode('xviewx').buffer, 1, 4),
  'a number': 5,
  'an object': {},
  'an ArrayBuffer': new ArrayBuffer(3),
  null: null,
};
for (const [title, input] of Object.entries(INPUTS)) {
  sameSync(`spawnSync: input is ${title}`, 'spawnSync', () => ['cat', [], { input }]);
}
sameSync('spawnSync: input with encoding', 'spawnSync', () => [
  'cat',
  [],
  { input: '6162', encoding: 'hex' },
]);
sameSync('spawnSync: input with encoding buffer', 'spawnSync', () => [
  'cat',
  [],
  { input: 'x', encoding: 'buffer' },
]);
sameSync('spawnSync: input beside stdio', 'spawnSync', () => [
  'cat',
  [],
  { input: 'x', stdio: ['pipe', 'pipe', 'ignore'] },
]);
sameSync('spawnSync: input where stdin is ignored', 'spawnSync', () => [
  'cat',
  [],
  { input: 'x', stdio: ['ignore'] },
]);
sameSync('spawnSync: input that is not read', 'spawnSync', () => [
  'true',
  [],
  { input: 'x'.repeat(3_000_000) },
]);
sameModules('spawnSync: input and output of megabytes', ({ spawnSync }) => {
  const input = 'x'.repeat(3_000_000);
  const { stdout, error } = spawnSync('cat', { input, maxBuffer: 1e7, encoding: 'utf8' });
  return { isSame: stdout === input, error };
});

// ---- stdio ---------------------------------------------------------------------------------------------------

const STDIOS = {
  undefined: undefined,
  null: null,
  'an empty string': '',
  'an empty array': [],
  pipe: 'pipe',
  ignore: 'ignore',
  'no shorthand': 'nothing',
  ipc: 'ipc',
  'a number': 3,
  'an object': {},
  'ignored ones': ['ignore', 'ignore', 'pipe'],
  'null and undefined': [null, undefined, null],
  'a negative number': ['pipe', -1, 'ignore'],
  'four entries': ['pipe', 'pipe', 'pipe', 'pipe'],
  'a gap': ['ignore', 'pipe', 'pipe', 'ignore', 'pipe'],
  'ipc among others': ['pipe', 'pipe', 'pipe', 'ipc'],
  'an object that is nothing': ['pipe', {}],
  'a boolean': ['pipe', true],
  'a string that is nothing': ['pipe', 'pipe', 'pipe', 'nothing'],
  'a Buffer': ['pipe', 'pipe', 'pipe', Buffer.from('x')],
  'a symbol': ['pipe', Symbol.for('x')],
};
for (const number of [0.5, 1.9, -0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, 2 ** 32 + 1, 99_999.5]) {
  for (const entry of [number, { fd: number }]) {
    sameSync(`spawnSync: stdio has the ${typeof entry} ${number}`, 'spawnSync', () =>
      sh('readlink /proc/self/fd/3 | cut -d: -f1', { stdio: ['ignore', 'pipe', 'pipe', entry] }),
    );
  }
}
for (const [title, stdio] of Object.entries(STDIOS)) {
  sameSync(`spawnSync: stdio is ${title}`, 'spawnSync', () =>
    sh('echo 1; echo 2 >&2; if [ -w /proc/self/fd/3 ]; then echo 3 >&3; fi', {
      stdio: Array.isArray(stdio) ? [...stdio] : stdio,
    }),
  );
}
sameModules("spawnSync: a short array of stdio grows, which is the caller's own", ({ spawnSync }) => {
  const stdio = ['ignore'];
  spawnSync('true', [], { stdio });
  return stdio;
});

sameModules('spawnSync: files in stdio, by number and by object', ({ spawnSync }) => {
  const directory = mkdtempSync(join(tmpdir(), 'drop-in-'));
  const path = join(directory, 'file');
  writeFileSync(path, 'from a file');
  const [input, output] = [openSync(path, 'r'), openSync(`${path}.out`, 'w')];
  const { status } = spawnSync('cat', [], { stdio: [input, { fd: output }, 'ignore'] });
  const text = readFileSync(`${path}.out`, 'utf8');
  closeSync(input);
  closeSync(output);
  rmSync(directory, { recursive: true });
  return { status, text };
});

// ---- arguments that are wrong --------------------------------------------------------------------------------

const WRONG = {
  'no program': [],
  'a program that is no string': [5],
  'an empty program': [''],
  'a program with NUL': ['a\0b'],
  'arguments that are none': ['true', 5],
  'an argument with NUL': ['true', ['a\0b']],
  'options that are none': ['true', [], 5],
  'options that are null': ['true', [], null],
  'options that are an array': ['true', [], []],
  cwd: ['true', [], { cwd: 5 }],
  uid: ['true', [], { uid: 1.5 }],
  gid: ['true', [], { gid: {} }],
  shell: ['true', [], { shell: 5 }],
  argv0: ['true', [], { argv0: 5 }],
  detached: ['true', [], { detached: 'yes' }],
  windowsHide: ['true', [], { windowsHide: 5 }],
  env: ['true', [], { env: { A: 'a\0b' } }],
  'a timeout that is negative': ['true', [], { timeout: -1 }],
  'a timeout that is no number': ['true', [], { timeout: '1' }],
  'a timeout that is fractional': ['true', [], { timeout: 1.5 }],
  'a maxBuffer that is negative': ['true', [], { maxBuffer: -1 }],
  'a maxBuffer that is no number': ['true', [], { maxBuffer: '1' }],
  'a killSignal that is none': ['true', [], { killSignal: 'SIGNOTHING' }],
  'a killSignal that is no signal': ['true', [], { killSignal: {} }],
  'a killSignal that is zero': ['true', [], { killSignal: 0 }],
  'two errors, of which the first counts': ['true', [], { killSignal: {}, timeout: -1, stdio: 'nothing' }],
};
for (const [title, args] of Object.entries(WRONG)) {
  sameSync(`spawnSync: wrong: ${title}`, 'spawnSync', () => args);
  sameSync(`execFileSync: wrong: ${title}`, 'execFileSync', () => args);
}
for (const [title, args] of Object.entries({
  'no command': [],
  'a command that is no string': [{}],
  'a command with NUL': ['a\0b'],
  'an empty command': [''],
  'options that are a string': ['true', 'text'],
  'a shell that is no string': ['true', { shell: 5 }],
  timeout: ['true', { timeout: -1 }],
})) {
  sameSync(`execSync: wrong: ${title}`, 'execSync', () => args);
}
sameSync('execFileSync: a function instead of options', 'execFileSync', () => ['true', [], () => {}]);
sameSync('execFileSync: a function instead of arguments', 'execFileSync', () => ['true', () => {}]);
sameSync('execFileSync: null instead of arguments', 'execFileSync', () => ['true', null, {}]);

// ---- exec forms ----------------------------------------------------------------------------------------------

const QUIET = { stdio: 'pipe' };
sameSync('execFileSync: returns what was written', 'execFileSync', () => ['echo', ['text']]);
sameSync('execFileSync: encoding', 'execFileSync', () => ['echo', ['text'], { encoding: 'utf8' }]);
sameSync('execFileSync: stdio ignore', 'execFileSync', () => ['echo', ['text'], { stdio: 'ignore' }]);
sameSync('execFileSync: exit code', 'execFileSync', () => sh('echo out; echo err >&2; exit 3', QUIET));
sameSync('execFileSync: exit code without output', 'execFileSync', () => ['false', [], QUIET]);
sameSync('execFileSync: argv0 in the message', 'execFileSync', () => [
  'false',
  ['x'],
  { ...QUIET, argv0: 'name' },
]);
sameSync('execFileSync: signal', 'execFileSync', () => sh('kill -9 $$', QUIET));
sameSync('execFileSync: timeout', 'execFileSync', () => sh(FOREVER, { ...QUIET, timeout: 50 }));
sameSync('execSync: returns what was written', 'execSync', () => ['echo $0']);
sameSync('execSync: encoding', 'execSync', () => ['echo text', { encoding: 'utf8' }]);
sameSync('execSync: input', 'execSync', () => ['cat', { input: 'text' }]);
sameSync('execSync: exit code', 'execSync', () => ['echo out; echo err >&2; exit 3', QUIET]);
sameSync('execSync: exit code with encoding', 'execSync', () => [
  'echo out; echo err >&2; exit 3',
  { ...QUIET, encoding: 'utf8' },
]);
sameSync('execSync: no such command', 'execSync', () => ['no-such-command', QUIET]);
sameSync('execSync: no such shell', 'execSync', () => ['true', { shell: '/no/such/shell' }]);

sameModules('execSync and execFileSync pass stderr on, unless stdio is given', ({ spawnSync }) => {
  return spawnSync === undefined ? undefined : passOn(spawnSync);
});

function passOn(spawnSync) {
  const isOurs = spawnSync.name.startsWith('safe');
  const program = `
    const { execSync, execFileSync } = require('${isOurs ? 'safe-spawn/child_process' : 'node:child_process'}');
    execSync('echo 1 >&2');
    execFileSync('sh', ['-c', 'echo 2 >&2']);
    execSync('echo 3 >&2', { stdio: 'pipe' });
    try { execSync('echo 4 >&2; exit 1'); } catch {}
  `;
  return spawnSync(process.execPath, ['-e', program], { encoding: 'utf8', cwd: import.meta.dirname }).stderr;
}

sameModules(
  'spawnSync: a stream with a native handle behind it, once it is connected',
  async ({ spawnSync }) => {
    const server = createServer().listen(0);
    await new Promise((resolve) => server.once('listening', resolve));
    const { fd } = server._handle;
    const { returned } = outcome(() => spawnSync('true', [], { stdio: ['ignore', 'ignore', 'ignore', fd] }));
    server.close();
    return returned.status;
  },
);

describe('options that are inherited', () => {
  for (const argv0 of ['a\0b', 5, 'zero']) {
    const call = () => ['sh', ['-c', 'exit 3'], Object.create({ argv0 })];
    sameSync(`argv0: ${JSON.stringify(argv0)} with execFileSync`, 'execFileSync', call);
    sameCallback(`argv0: ${JSON.stringify(argv0)} with execFile`, 'execFile', call);
  }
});
