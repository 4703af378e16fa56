import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { safeSpawn } from 'safe-spawn';
import { addon } from '../helpers/native.mjs';
import { fdNumbers, probe } from '../helpers/probe.mjs';

/** Two descriptors without close-on-exec, and a number that lies above both. */
function strangers(t) {
  const fds = addon.openPipe();
  t.after(() => fds.forEach(addon.closeFd));
  return { fds, above: Math.max(...fds) + 1 };
}

/** An array of `length` entries, of which only those given are not `filler`. */
function sparse(length, filler, given) {
  return Array.from({ length }, (_, index) => (index in given ? given[index] : filler));
}

for (const filler of ['ignore', null, undefined]) {
  test(`entries above 2 that are ${filler} leave their numbers closed in the child`, async (t) => {
    const { fds, above } = strangers(t);
    const stdio = sparse(above + 1, filler, { 0: 'ignore', 1: 'ignore', 2: 'ignore', [above]: 'pipe' });
    const stock = fdNumbers(await probe(spawn, { stdio }));
    assert.deepEqual(
      stock.filter((fd) => fds.includes(fd)),
      fds,
    );
    assert.deepEqual(fdNumbers(await probe(safeSpawn, { stdio })), [0, 1, 2, above]);
  });
}

// Not a gap: Node counts only the entries that are there.
test('holes in the array are passed over, as Node does', async () => {
  const stdio = ['ignore', 'ignore', 'ignore'];
  stdio[5] = 'pipe';
  const stock = fdNumbers(await probe(spawn, { stdio }));
  assert.ok(stock.includes(3));
  assert.deepEqual(fdNumbers(await probe(safeSpawn, { stdio })), [0, 1, 2, 3]);
});

test('an entry may name a number that another entry takes in the child', async (t) => {
  const {
    fds: [readEnd, writeEnd],
    above,
  } = strangers(t);
  const given = { 0: 'ignore', 1: 'ignore', 2: 'ignore', [readEnd]: writeEnd, [writeEnd]: readEnd };
  const { fds } = await probe(safeSpawn, { stdio: sparse(above, 'ignore', given) });
  const accessModes = Object.fromEntries(fds.map(({ fd, flags }) => [fd, flags & 3]));
  assert.deepEqual([accessModes[readEnd], accessModes[writeEnd]], [1, 0]);
  assert.equal(fds.length, 5);
});

test('200 entries are 200 descriptors in the child, and no more', async () => {
  const stdio = sparse(200, 'ignore', {});
  for (let index = 3; index < 200; index += 1) stdio[index] = 2;
  assert.deepEqual(fdNumbers(await probe(safeSpawn, { stdio })), [...stdio.keys()]);
});
