import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SAFE } from '../helpers/contenders.mjs';
import { runFixture } from '../helpers/fixture.mjs';
import { seccompRunPath } from '../helpers/native.mjs';
import { withoutFilters } from '../helpers/requirements.mjs';

const ways = {
  terminate: 'is terminated',
  exit: 'calls process.exit()',
  throw: 'throws',
  unref: 'has only unref()ed children',
  'spawn in exit': "starts children in its 'exit' listener",
};

for (const [mode, how] of Object.entries(ways)) {
  test(`when a Worker ${how}, its children are reaped and no descriptor is left`, async () => {
    const plan = { with: SAFE, mode, rounds: 6, workers: 4 };
    const { code, signal, stderr, result } = await runFixture('workers-end.mjs', plan);
    assert.deepEqual({ code, signal }, { code: 0, signal: null }, stderr);
    assert.equal(result.fdsAfter, result.fdsBefore);
  });
}

test('without pidfds the children of an ended Worker are reaped too', {
  skip: withoutFilters(),
}, async () => {
  const through = [seccompRunPath, 'clone:pidfd=EPERM', '--'];
  const plan = { with: SAFE, mode: 'terminate', rounds: 2, workers: 4 };
  const { code, signal, stderr, result } = await runFixture('workers-end.mjs', plan, { through });
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, stderr);
  assert.equal(result.fdsAfter, result.fdsBefore);
});
