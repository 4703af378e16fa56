import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SAFE, STOCK } from '../helpers/contenders.mjs';
import { runFixture } from '../helpers/fixture.mjs';
import { fdNumbers } from '../helpers/probe.mjs';
import { nofileLimits } from '../helpers/processes.mjs';

const STDIO = [0, 1, 2];
const { hard } = nofileLimits();
const inherited = [3, 20, 100, 1066, 5000, 19_000].filter((number) => number < hard);

/** The descriptors of a child of a Node process that was started with those descriptors open. */
async function fdsOfChild(spawn, numbers, { options, limit } = {}) {
  const launcher = numbers.flatMap((number) => ['--fd', number]);
  if (limit !== undefined) launcher.push('--nofile', limit);
  const { result } = await runFixture('probe-child.mjs', { with: spawn, options }, { launcher });
  return fdNumbers(result.child);
}

test('descriptors that Node inherited at any number do not reach the child', async () => {
  // Node marks what it inherits close-on-exec up to the first hole above 15, so 3 is safe with either function.
  assert.deepEqual(await fdsOfChild(STOCK, inherited), [...STDIO, ...inherited.slice(1)]);
  assert.deepEqual(await fdsOfChild(SAFE, inherited), STDIO);
});

for (const number of inherited) {
  test(`descriptor ${number}, inherited alone, does not reach the child`, async () => {
    assert.deepEqual(await fdsOfChild(STOCK, [number]), number < 16 ? STDIO : [...STDIO, number]);
    assert.deepEqual(await fdsOfChild(SAFE, [number]), STDIO);
  });
}

test('an inherited descriptor above a hard limit that was lowered does not reach the child', async () => {
  const options = { limit: '1024:1024' };
  assert.deepEqual(await fdsOfChild(STOCK, [1066], options), [...STDIO, 1066]);
  assert.deepEqual(await fdsOfChild(SAFE, [1066], options), STDIO);
});

test("'ignore' at the number of an inherited descriptor leaves that number closed in the child", async () => {
  const options = { options: { stdio: [...Array(20).fill('ignore'), 'ignore'] } };
  assert.deepEqual(await fdsOfChild(STOCK, [20], options), [...STDIO, 20]);
  assert.deepEqual(await fdsOfChild(SAFE, [20], options), STDIO);
});

test('an inherited descriptor that is asked for reaches the child under its number, and no other does', async () => {
  const stdio = [...Array(20).fill('ignore'), 20];
  assert.deepEqual(await fdsOfChild(SAFE, inherited, { options: { stdio } }), [...STDIO, 20]);
});
