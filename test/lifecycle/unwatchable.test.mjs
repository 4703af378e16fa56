import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFixture } from '../helpers/fixture.mjs';

for (const [how, title] of [
  ['stranger', "a stranger's file has the number of the descriptor that watches children"],
  ['full', 'there is no number left for a descriptor that watches children'],
]) {
  test(`exits are reported although ${title}`, async () => {
    const { code, result, stderr } = await runFixture('unwatchable.mjs', { how });
    assert.equal(code, 0, stderr);
    assert.deepEqual(result, [11, 12]);
  });
}
