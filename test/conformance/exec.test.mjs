import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { outcome, sameCallback, sameModules, samePromise } from './harness.mjs';

const sh = (script, options) => ['sh', ['-c', script], options ?? {}];
const FOREVER = 'exec sleep 1000';
const OUTPUTS = 'printf "\\303\\244x"; printf err >&2';

// ---- what the callback gets ----------------------------------------------------------------------------------

sameCallback('exec: output', 'exec', () => [OUTPUTS]);
sameCallback('exec: the shell', 'exec', () => ['echo $0']);
sameCallback('exec: another shell', 'exec', () => ['echo $0', { shell: '/bin/sh' }]);
sameCallback('exec: `shell: false` is a shell all the same', 'exec', () => ['echo $0', { shell: false }]);
sameCallback('exec: no such shell', 'exec', () => ['true', { shell: '/no/such/shell' }]);
sameCallback('exec: options are null', 'exec', () => ['echo text', null]);
sameCallback('exec: exit code', 'exec', () => ['echo out; echo err >&2; exit 3']);
sameCallback('exec: exit code without output', 'exec', () => ['exit 1']);
sameCallback('exec: no such command', 'exec', () => ['no-such-command']);
sameCallback('exec: death by signal', 'exec', () => ['kill -9 $$']);
sameCallback('exec: death by a signal without a name', 'exec', () => ['kill -35 $$; exec sleep 1000']);
sameCallback('exec: environment and directory', 'exec', () => [
  'echo $A; pwd',
  { env: { A: 'b' }, cwd: '/' },
]);
sameCallback('exec: cwd as URL', 'exec', () => ['pwd', { cwd: pathToFileURL('/usr') }]);
sameCallback('exec: no such directory', 'exec', () => ['true', { cwd: '/no/such/directory' }]);
sameCallback('exec: options of spawn that are not for it', 'exec', () => [
  'echo text',
  { stdio: 'ignore', detached: true, argv0: 'x' },
]);
sameCallback('execFile: output', 'execFile', () => ['echo', ['text']]);
sameCallback('execFile: a program alone', 'execFile', () => ['true']);
sameCallback('execFile: options in the place of arguments', 'execFile', () => ['env', { env: { A: 'b' } }]);
sameCallback('execFile: null in the place of arguments', 'execFile', () => ['true', null, {}]);
sameCallback('execFile: null in the place of options', 'execFile', () => ['true', [], null]);
sameCallback('execFile: exit code, with the command line', 'execFile', () => sh('exit 3'));
sameCallback('execFile: a shell', 'execFile', () => ['echo $0', { shell: true }]);
sameCallback('execFile: no such program', 'execFile', () => ['no-such-program', ['a', 'b']]);
sameCallback('execFile: a file that is no program', 'execFile', () => ['/etc/passwd']);
sameCallback('execFile: a component that is no directory', 'execFile', () => ['/etc/passwd/x']);
sameCallback('execFile: arguments too long', 'execFile', () => ['true', ['x'.repeat(200_000)]]);

for (const encoding of [undefined, null, 'buffer', 'utf8', 'latin1', 'hex', 'base64', 'nothing', 5]) {
  sameCallback(`exec: encoding ${encoding}`, 'exec', () => [OUTPUTS, { encoding }]);
}
sameCallback('execFile: encoding buffer, with an error', 'execFile', () =>
  sh(`${OUTPUTS}; exit 1`, { encoding: 'buffer' }),
);

// ---- limits --------------------------------------------------------------------------------------------------

for (const maxBuffer of [undefined, null, 0, 9, 10, 11, Number.POSITIVE_INFINITY]) {
  sameCallback(`exec: maxBuffer ${maxBuffer}`, 'exec', () => [
    `printf 0123456789; ${maxBuffer === 9 || maxBuffer === 0 || maxBuffer === null ? FOREVER : ''}`,
    { maxBuffer },
  ]);
}
sameCallback('exec: maxBuffer is for each stream', 'exec', () => [
  'printf 0123456789; printf 0123456789 >&2',
  { maxBuffer: 10 },
]);
sameCallback('exec: maxBuffer of stderr', 'exec', () => [
  `printf 0123456789 >&2; ${FOREVER}`,
  { maxBuffer: 5 },
]);
sameCallback('exec: maxBuffer counts bytes, and cuts characters', 'exec', () => [
  `printf "\\303\\244\\303\\244\\303\\244"; ${FOREVER}`,
  { maxBuffer: 5 },
]);
sameCallback('exec: maxBuffer of a buffer', 'exec', () => [
  `printf "\\303\\244\\303\\244"; ${FOREVER}`,
  { maxBuffer: 3, encoding: 'buffer' },
]);
sameModules('exec: output of megabytes arrives', async ({ exec }) => {
  const { stdout } = await promisify(exec)('head -c 5000000 /dev/zero', { maxBuffer: 1e7 });
  return stdout.length;
});

sameCallback('exec: timeout', 'exec', () => [FOREVER, { timeout: 50 }]);
sameCallback('exec: timeout with killSignal', 'exec', () => [
  FOREVER,
  { timeout: 50, killSignal: 'SIGKILL' },
]);
sameCallback('exec: a timeout that is not reached', 'exec', () => ['true', { timeout: 60_000 }]);
sameModules('exec: a timeout calls kill() with the number of killSignal', ({ exec }) => {
  const child = exec(FOREVER, { timeout: 50, killSignal: 'sigkill' });
  const { kill } = child;
  const given = new Promise((resolve) => {
    child.kill = (...signals) => resolve(signals);
  });
  return given.finally(() => kill.call(child));
});
sameCallback('execFile: timeout', 'execFile', () => sh(FOREVER, { timeout: 50 }));
sameCallback('execFile: a signal that the program makes an exit code of', 'execFile', () =>
  sh('trap "exit 7" TERM; while :; do sleep 0.01; done', { timeout: 400 }),
);

// ---- abort ---------------------------------------------------------------------------------------------------

sameCallback('exec: a signal that is aborted', 'exec', () => [FOREVER, { signal: AbortSignal.abort() }]);
sameCallback('exec: a signal that is aborted with a reason', 'exec', () => [
  FOREVER,
  { signal: AbortSignal.abort(new Error('reason')) },
]);
sameCallback('exec: a signal that is aborted later', 'exec', () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 50);
  return [FOREVER, { signal: controller.signal }];
});
sameCallback('execFile: a signal that is never aborted', 'execFile', () => [
  'true',
  { signal: new AbortController().signal },
]);

// ---- promises ------------------------------------------------------------------------------------------------

samePromise('exec: promise', 'exec', () => [OUTPUTS]);
samePromise('exec: promise of a failure', 'exec', () => ['echo out; echo err >&2; exit 3']);
samePromise('exec: promise with options', 'exec', () => ['echo text', { encoding: 'buffer' }]);
samePromise('execFile: promise', 'execFile', () => ['echo', ['text']]);
samePromise('execFile: promise of a program that is not there', 'execFile', () => ['no-such-program']);
samePromise('execFile: promise with arguments that are wrong', 'execFile', () => [5]);
samePromise('exec: promise with a signal that is aborted', 'exec', () => [
  FOREVER,
  { signal: AbortSignal.abort() },
]);
sameModules('promisify gives what the property is, which is hidden and can’t be changed', (module) => {
  return ['exec', 'execFile'].map((name) => {
    const { value, ...others } = Object.getOwnPropertyDescriptor(module[name], promisify.custom);
    return { ...others, isGiven: promisify(module[name]) === value };
  });
});

// ---- what can be done with the child -------------------------------------------------------------------------

sameModules('exec: without a callback', async ({ exec }) => {
  const child = exec('echo text; exit 3');
  const output = child.stdout.toArray();
  return { end: await once(child, 'close'), output: await output };
});
sameModules('exec: without a callback an error is an event', async ({ execFile }) => {
  const [error] = await once(execFile('no-such-program'), 'error');
  return error;
});
sameCallback('exec: kill from outside', 'exec', () => ['kill -15 $$; exec sleep 1000']);
sameModules('exec: killed says so', async ({ exec }) => {
  let child;
  const error = await new Promise((resolve) => {
    child = exec(FOREVER, resolve);
    child.kill();
  });
  return { error, killed: child.killed };
});
sameModules('exec: a stream gets an encoding afterwards', ({ exec }) => {
  return new Promise((resolve) => {
    const child = exec('echo text', { encoding: 'buffer' }, (...results) => resolve(results));
    child.stdout.setEncoding('utf8');
  });
});

// ---- arguments that are wrong --------------------------------------------------------------------------------

for (const [title, args] of Object.entries({
  'no command': [],
  'a command that is no string': [{}],
  'a command with NUL': ['a\0b'],
  'an empty command': [''],
  'a timeout that is negative': ['true', { timeout: -1 }],
  'a timeout that is no number': ['true', { timeout: 'x' }],
  'a maxBuffer that is negative': ['true', { maxBuffer: -1 }],
  'a maxBuffer that is no number': ['true', { maxBuffer: 'x' }],
  'a killSignal that is none': ['true', { killSignal: 'SIGNOTHING' }],
  'a killSignal that is no signal': ['true', { killSignal: {} }],
  'a signal that is none': ['true', { signal: {} }],
  'a signal that is null': ['true', { signal: null }],
  cwd: ['true', { cwd: 5 }],
  uid: ['true', { uid: 1.5 }],
  env: ['true', { env: { A: 'a\0b' } }],
})) {
  wrong('exec', title, args);
}
for (const [title, args] of Object.entries({
  'no program': [],
  'a program that is no string': [5],
  'an empty program': [''],
  'arguments that are none': ['true', 5],
  'an argument with NUL': ['true', ['a\0b']],
  'options that are none': ['true', [], 5],
  'options that are an array': ['true', [], []],
  'options that are a string': ['true', [], 'x'],
  'a callback that is none': ['true', [], {}, 5],
  'a callback in the place of arguments that is none': ['true', {}, 'x'],
  argv0: ['true', [], { argv0: 5 }],
  'argv0 with NUL': ['true', [], { argv0: 'a\0b' }],
  shell: ['true', [], { shell: 5 }],
  'a timeout that is fractional': ['true', [], { timeout: 1.5 }],
  'two errors, of which the first counts': [5, [], { timeout: -1, signal: {} }],
  'a wrong callback and a wrong timeout': ['true', [], { timeout: -1 }, 5],
})) {
  wrong('execFile', title, args);
}

function wrong(name, title, args) {
  sameModules(`${name}: wrong: ${title}`, (module) => {
    const { thrown } = outcome(() => module[name](...args));
    return { thrown };
  });
}
