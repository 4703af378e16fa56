import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { safeSpawn } from 'safe-spawn';
import { SAFE, STOCK } from '../helpers/contenders.mjs';
import { runFixture } from '../helpers/fixture.mjs';
import { addon } from '../helpers/native.mjs';
import { fdNumbers, probe } from '../helpers/probe.mjs';
import { nofileLimits } from '../helpers/processes.mjs';

const STDIO = [0, 1, 2];
const { hard } = nofileLimits();

async function holds(spawnFunction, fds, options) {
  const numbers = fdNumbers(await probe(spawnFunction, options));
  return fds.filter((fd) => numbers.includes(fd));
}

const kinds = {
  'a file': () => [addon.openFile('/dev/null')],
  'both ends of a pipe': addon.openPipe,
  'a pair of sockets': addon.openSockets,
};

for (const [what, open] of Object.entries(kinds)) {
  test(`${what}, opened by native code without close-on-exec, does not reach the child`, async (t) => {
    const fds = open();
    t.after(() => fds.forEach(addon.closeFd));
    for (const stdio of ['pipe', 'ignore', 'inherit']) {
      assert.deepEqual(await holds(spawn, fds, { stdio }), fds);
      assert.deepEqual(fdNumbers(await probe(safeSpawn, { stdio })), STDIO);
    }
  });
}

test('descriptors that native code opened at high numbers do not reach the child', async () => {
  const open = [100, 1066, 5000, 19_000].filter((number) => number < hard);
  const stock = await runFixture('probe-child.mjs', { with: STOCK, open });
  assert.deepEqual(fdNumbers(stock.result.child), [...STDIO, ...stock.result.opened]);
  const safe = await runFixture('probe-child.mjs', { with: SAFE, open });
  assert.deepEqual(fdNumbers(safe.result.child), STDIO);
});

test('a descriptor of native code that is asked for reaches the child, without close-on-exec', async (t) => {
  const [readEnd, writeEnd] = addon.openPipe();
  t.after(() => [readEnd, writeEnd].forEach(addon.closeFd));
  const { fds } = await probe(safeSpawn, { stdio: ['ignore', 'ignore', 'ignore', writeEnd] });
  assert.deepEqual(fds.map(({ fd, type, cloexec }) => ({ fd, type, cloexec })).at(-1), {
    fd: 3,
    type: 'pipe',
    cloexec: false,
  });
  assert.equal(fds.length, 4);
});
