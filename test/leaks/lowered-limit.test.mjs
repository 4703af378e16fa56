import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SAFE, STOCK } from '../helpers/contenders.mjs';
import { runFixture } from '../helpers/fixture.mjs';
import { fdNumbers } from '../helpers/probe.mjs';

const STDIO = [0, 1, 2];

/** A soft limit below what Node itself has open leaves no number free: see the last test. */
for (const softLimit of [64, 256, 1024]) {
  test(`descriptors opened above a soft limit lowered to ${softLimit} afterwards do not reach the child`, async () => {
    const plan = { open: [softLimit, 1066], softLimit };
    const stock = await runFixture('probe-child.mjs', { with: STOCK, ...plan });
    assert.deepEqual(fdNumbers(stock.result.child), [...STDIO, ...stock.result.opened]);
    const safe = await runFixture('probe-child.mjs', { with: SAFE, ...plan });
    assert.deepEqual(fdNumbers(safe.result.child), STDIO);
  });
}

test('the lowered soft limit is what the child has, too', async () => {
  const { result } = await runFixture('probe-child.mjs', { with: SAFE, open: [1066], softLimit: 256 });
  assert.equal(result.child.rlimits.nofile.soft, '256');
});

for (const softLimit of [0, 3, 6, 13, 20]) {
  test(`with a soft limit of ${softLimit}, lowered below what is open, a spawn reports EMFILE`, async () => {
    const { result } = await runFixture('probe-child.mjs', { with: SAFE, softLimit });
    assert.equal(result.error?.code, 'EMFILE');
  });
}
