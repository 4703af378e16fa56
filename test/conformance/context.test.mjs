import assert from 'node:assert/strict';
import { AsyncLocalStorage, createHook, executionAsyncId } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { describeChild, describeError } from './describe.mjs';
import { sameAsNode } from './harness.mjs';

const storage = new AsyncLocalStorage();

sameAsNode('every event runs in the context of its own start', async ({ bare }) => {
  const seen = {};
  const note = (name, event) => () => {
    seen[`${name} ${event}`] = storage.getStore();
  };
  const start = (name, ...args) =>
    storage.run(name, () => {
      const child = bare(...args);
      for (const event of ['spawn', 'error', 'exit', 'close', 'message', 'disconnect']) {
        child.on(event, note(name, event));
      }
      for (const event of ['data', 'end', 'close']) child.stdout?.on(event, note(name, `output ${event}`));
      return new Promise((resolve) => child.once('close', resolve));
    });
  const ends = [
    start('first', 'echo', ['text']),
    start('second', 'true', { stdio: 'ignore' }),
    start('third', '/nonexistent/program'),
    start('fourth', process.execPath, ['-e', 'process.send("text")'], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    }),
  ];
  await Promise.all(ends);
  assert.equal(seen['second exit'], 'second');
  return seen;
});

sameAsNode('asynchronous hooks see a process that ends in its own scope', async ({ bare }) => {
  const processes = [];
  const hook = createHook({
    init(id, type, trigger) {
      if (type === 'PROCESSWRAP') processes.push({ id, trigger });
    },
  }).enable();
  const current = executionAsyncId();
  const child = bare('true', { stdio: 'ignore' });
  hook.disable();
  const scope = await new Promise((resolve) => child.once('exit', () => resolve(executionAsyncId())));
  return {
    count: processes.length,
    own: scope === processes[0].id,
    triggered: processes[0].trigger === current,
  };
});

/** What is published on channels while a child is started, and what its messages hold. */
async function published(names, start) {
  const messages = [];
  const listeners = names.map((name) => {
    const listener = (message) => messages.push([name, describeMessage(message)]);
    subscribe(name, listener);
    return [name, listener];
  });
  try {
    await start();
  } finally {
    for (const [name, listener] of listeners) unsubscribe(name, listener);
  }
  return messages;
}

function describeMessage({ process: child, options, error, ...others }) {
  const { stdio, ...plain } = options ?? {};
  return {
    child: describeChild(child),
    options: options && Object.entries(plain),
    stdio: stdio?.map(({ handle, ...entry }) => ({ ...entry, handle: handle?.constructor.name })),
    error: error && describeError(error),
    others: Object.keys(others),
  };
}

const CHANNELS = [
  'child_process',
  'tracing:child_process.spawn:start',
  'tracing:child_process.spawn:end',
  'tracing:child_process.spawn:error',
];

for (const [what, args] of Object.entries({
  'that starts': ['true', ['one'], { argv0: 'zero', unknown: 'option' }],
  'in an environment of its own': ['true', { env: { A: '1', PATH: process.env.PATH } }],
  'with a channel': ['true', { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }],
  'that is not found': ['/nonexistent/program', { stdio: 'inherit' }],
})) {
  sameAsNode(`diagnostics channels tell of a child ${what}`, ({ bare }) =>
    published(CHANNELS, () => {
      const child = bare(...args);
      return new Promise((resolve) => child.on('error', () => {}).once('close', resolve));
    }),
  );
}

sameAsNode('diagnostics channels tell of a start that throws', async ({ spawn }) => {
  const messages = await published(CHANNELS, () => {
    spawn('true', [], { cwd: process.execPath });
    spawn('true', [], { stdio: [19_999] });
    spawn('true', [], { stdio: 'nonsense' });
    spawn(5);
  });
  return messages;
});

sameAsNode('a subscriber that starts a child itself', async ({ spawn }) => {
  const inner = [];
  const startAnother = () => {
    unsubscribe('child_process', startAnother);
    inner.push(spawn('echo', ['inner'], { argv0: 'inner' }));
  };
  subscribe('child_process', startAnother);
  const outer = spawn('pwd', { cwd: '/' });
  await Promise.all([outer, ...inner].map((child) => once(child, 'close')));
});

sameAsNode('an error that nobody listens for is thrown', async ({ bare }) => {
  const child = bare('/nonexistent/program');
  const thrown = [];
  const emit = child.emit;
  child.emit = function (...args) {
    try {
      return Reflect.apply(emit, this, args);
    } catch (error) {
      thrown.push(describeError(error));
      return false;
    }
  };
  await new Promise((resolve) => child.once('close', resolve));
  return thrown;
});
