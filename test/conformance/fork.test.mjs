import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { follow, outcome, sameModules } from './harness.mjs';

const program = join(import.meta.dirname, '..', 'fixtures', 'conformance', 'forked.mjs');

/** Forks, asks, and waits for the end. */
function sameFork(title, makeArguments, { questions = [], ...options } = {}) {
  sameModules(
    `fork: ${title}`,
    ({ fork }) => {
      const { returned: child, thrown } = outcome(() => fork(...makeArguments()));
      if (thrown !== undefined) return { thrown };
      return ask(child, questions);
    },
    options,
  );
}

function ask(child, questions) {
  const left = [...questions, 'end'];
  const seen = { events: [], output: '' };
  child.stdout?.on('data', (chunk) => {
    seen.output += chunk;
  });
  child.on('message', () => child.send(left.shift()));
  return new Promise((resolve) => follow(child, seen, resolve));
}

sameFork('a program', () => [program]);
sameFork('a program as URL', () => [pathToFileURL(program)]);
sameFork('arguments', () => [program, ['a', 'b c']]);
sameFork('options in the place of arguments', () => [program, { env: { FORKED: 'yes' } }]);
sameFork('null in the place of arguments', () => [program, null, { env: { FORKED: 'yes' } }]);
sameFork('null in the place of options', () => [program, [], null]);
sameFork('cwd', () => [program, [], { cwd: '/' }]);
sameFork('execArgv', () => [program, [], { execArgv: ['--no-warnings'] }]);
sameFork('an empty execArgv', () => [program, [], { execArgv: [] }]);
sameFork('execPath', () => [program, [], { execPath: process.execPath }]);
sameFork('a shell is never used', () => [program, [], { shell: true }]);
sameFork('silent', () => [program, [], { silent: true }], { questions: ['write'] });
sameFork('detached', () => [program, [], { detached: true }]);
sameFork('answers', () => [program], { questions: ['one', { two: 2 }, [3]] });
sameFork('advanced serialization', () => [program, [], { serialization: 'advanced' }], {
  questions: [new Map([[1, 2n]]), new Date(0), 'text'],
});
sameFork('stdio by its name', () => [program, [], { stdio: 'pipe' }], { questions: ['write'] });
sameFork('stdio ignore', () => [program, [], { stdio: 'ignore' }]);
sameFork('stdio overlapped', () => [program, [], { stdio: 'overlapped' }]);
sameFork('stdio as an array', () => [program, [], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] }], {
  questions: ['write'],
});
sameFork('a channel that is not descriptor 3', () => [
  program,
  [],
  { stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'ipc'] },
]);
sameFork('a signal that is never aborted', () => [program, [], { signal: new AbortController().signal }]);
sameFork('no such program of Node', () => [program, [], { execPath: '/no/such/node' }]);
sameFork('no such module', () => [
  '/no/such/module.js',
  [],
  { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] },
]);

for (const [title, args] of Object.entries({
  'no module': [],
  'a module that is no path': [5],
  'a module with NUL': ['a\0b'],
  'arguments that are none': [program, 5],
  'arguments that are a string': [program, 'x'],
  'an argument with NUL': [program, ['a\0b']],
  'options that are none': [program, [], 5],
  'options that are an array': [program, [], []],
  'options that are a function': [program, [], () => {}],
  'execPath with NUL': [program, [], { execPath: 'a\0b' }],
  'execPath that is no string': [program, [], { execPath: 5 }],
  'execArgv with NUL': [program, [], { execArgv: ['a\0b'] }],
  'stdio without ipc': [program, [], { stdio: ['pipe', 'pipe', 'pipe'] }],
  'stdio that is no shorthand': [program, [], { stdio: 'nothing' }],
  'two channels': [program, [], { stdio: ['ipc', 'pipe', 'pipe', 'ipc'] }],
  serialization: [program, [], { serialization: 'nothing' }],
  cwd: [program, [], { cwd: 5 }],
  killSignal: [program, [], { killSignal: 'SIGNOTHING' }],
  timeout: [program, [], { timeout: -1 }],
  signal: [program, [], { signal: 5 }],
  'URL of another scheme': [new URL('http://localhost/')],
})) {
  sameFork(`wrong: ${title}`, () => args);
}

sameModules('fork: a server is handed over', async ({ fork }) => {
  const child = fork(program, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const server = createServer().listen(0);
  await Promise.all([once(child, 'message'), once(server, 'listening')]);
  child.send('server', server);
  const [answer] = await once(child, 'message');
  server.close();
  child.send('end');
  return { answer, end: await once(child, 'close') };
});

sameModules('fork: killed at its timeout', async ({ fork }) => {
  const child = fork(program, [], { timeout: 100, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  return { end: await once(child, 'close'), killed: child.killed };
});

sameModules('fork: aborted', async ({ fork }) => {
  const child = fork(program, [], {
    signal: AbortSignal.abort(),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const [error] = await once(child, 'error');
  return { error, end: await once(child, 'close') };
});

sameModules('fork: disconnect and send without a channel', async ({ fork }) => {
  const child = fork(program, [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const end = new Promise((resolve) => child.once('exit', (...values) => resolve(values)));
  await once(child, 'message');
  child.disconnect();
  const late = await new Promise((resolve) => child.send('late', resolve));
  const again = new Promise((resolve) => child.once('error', resolve));
  child.disconnect();
  return { late, again: await again, connected: child.connected, end: await end };
});
