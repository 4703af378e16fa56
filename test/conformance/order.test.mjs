import assert from 'node:assert/strict';
import { once } from 'node:events';
import { nofileLimits, stateOf } from '../helpers/processes.mjs';
import { sameAsNode } from './harness.mjs';

const ROUNDS = 50;

/** Keeps the event loop from turning until all of them are dead, so that all that they left waits in it at once. */
function holdUntilDead(children) {
  while (children.some(({ pid }) => stateOf(pid) !== 'Z'));
}

/** What a child emits and what its output does, in order. */
async function follow(child) {
  const seen = [];
  for (const event of ['spawn', 'exit', 'close']) child.on(event, () => seen.push(event));
  for (const event of ['data', 'end']) child.stdout.on(event, () => seen.push(event));
  await once(child, 'close');
  return seen;
}

function assertDataFirst(order) {
  assert.ok(order.indexOf('data') < order.indexOf('exit'), order.join());
}

/** The end of the output may be read a turn later, by chance: with Node's own children too. */
function mostFrequent(orders) {
  const counts = new Map();
  for (const order of orders) counts.set(order.join(), (counts.get(order.join()) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one)[0][0];
}

const ECHO = ['echo', ['text'], { stdio: ['ignore', 'pipe', 'ignore'] }];

sameAsNode(
  'no exit is told before the data that came first, though the loop was held up',
  async ({ bare }) => {
    const orders = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const child = bare(...ECHO);
      const order = follow(child);
      holdUntilDead([child]);
      orders.push(await order);
    }
    orders.forEach(assertDataFirst);
    return mostFrequent(orders);
  },
);

sameAsNode(
  'no exit is told before the data that came first, of many children in one turn',
  async ({ bare }) => {
    const children = Array.from({ length: 20 }, () => bare(...ECHO));
    const following = children.map(follow);
    holdUntilDead(children);
    const orders = await Promise.all(following);
    orders.forEach(assertDataFirst);
    return mostFrequent(orders);
  },
);

sameAsNode(
  'children that die in one turn are told in the order in which they were started',
  async ({ bare }) => {
    const told = [];
    const children = Array.from({ length: 15 }, (_, index) => {
      // The later it was started, the sooner it dies.
      const child = bare('sleep', [String((15 - index) / 100)], { stdio: 'ignore' });
      child.on('exit', () => told.push(index));
      return child;
    });
    const exits = children.map((child) => once(child, 'close'));
    holdUntilDead(children);
    await Promise.all(exits);
    assert.deepEqual(
      told,
      children.map((_, index) => index),
    );
    return told;
  },
);

sameAsNode(
  'so are more children than the loop is told of at once',
  async ({ bare }) => {
    const told = [];
    const children = Array.from({ length: 1100 }, (_, index) => {
      const child = bare('sleep', ['600'], { stdio: 'ignore' });
      child.on('exit', () => told.push(index));
      return child;
    });
    const exits = children.map((child) => once(child, 'close'));
    for (const child of children.toReversed()) child.kill('SIGKILL');
    holdUntilDead(children);
    await Promise.all(exits);
    assert.deepEqual(
      told,
      children.map((_, index) => index),
    );
  },
  { skip: nofileLimits().hard < 1300 && 'takes more descriptors than may be open' },
);

sameAsNode('a task that an exit listener defers runs before the next exit', async ({ bare }) => {
  const seen = [];
  const children = [1, 2, 3].map((number) => {
    const child = bare('true', { stdio: 'ignore' });
    child.on('exit', () => {
      seen.push(`exit ${number}`);
      process.nextTick(() => seen.push(`tick ${number}`));
      Promise.resolve().then(() => seen.push(`microtask ${number}`));
      setImmediate(() => seen.push(`immediate ${number}`));
    });
    child.on('close', () => seen.push(`close ${number}`));
    return child;
  });
  const closes = children.map((child) => once(child, 'close'));
  holdUntilDead(children);
  await Promise.all(closes);
  await new Promise(setImmediate);
  return seen;
});

sameAsNode(
  'spawn is told on the next tick, an error after it, and neither during the call',
  async ({ bare }) => {
    const seen = [];
    const start = (name) => {
      const child = bare(name, { stdio: 'ignore' });
      for (const event of ['spawn', 'error', 'close'])
        child.on(event, () => seen.push(`${event} of ${name}`));
      return once(child, 'close').catch(() => undefined);
    };
    process.nextTick(() => seen.push('tick before'));
    const ends = [start('true'), start('/nonexistent/program')];
    seen.push('the calls are over');
    process.nextTick(() => seen.push('tick after'));
    await Promise.all(ends);
    await new Promise(setImmediate);
    return seen;
  },
);

sameAsNode('a child that is started in the listener of an exit', async ({ spawn, bare }) => {
  const first = bare('true', { stdio: 'ignore' });
  await new Promise((resolve) => {
    first.on('exit', () => {
      resolve(once(spawn('echo', ['second']), 'close'));
    });
  });
});

sameAsNode('a child that is started during a start', async ({ spawn }) => {
  let inner;
  const options = {
    get cwd() {
      inner = spawn('echo', ['inner'], { argv0: 'inner' });
      return '/';
    },
    env: {
      toString() {
        return 'never called';
      },
      get NAME() {
        spawn('echo', ['of the environment']);
        return 'value';
      },
    },
  };
  const argument = {
    toString() {
      spawn('echo', ['of an argument']);
      return 'text';
    },
  };
  const outer = spawn('/bin/sh', ['-c', 'pwd; echo "$NAME" "$1"', 'zero', argument], options);
  await Promise.all([once(outer, 'close'), once(inner, 'close')]);
});
