import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFixture } from '../helpers/fixture.mjs';

test('8 Workers at once each get the output and the exit codes of their own children', async () => {
  const { code, stderr, result } = await runFixture('many-workers.mjs', { workers: 8, children: 20 });
  assert.equal(code, 0, stderr);
  assert.deepEqual(result, { workers: 8, mismatches: [] });
});
