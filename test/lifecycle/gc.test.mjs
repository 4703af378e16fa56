import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFixture } from '../helpers/fixture.mjs';

test('dead children are collected, and a live one that nobody refers to still tells its exit', async () => {
  const { code, stderr, result } = await runFixture('collected.mjs', {}, { node: ['--expose-gc'] });
  assert.equal(code, 0, stderr);
  assert.deepEqual(result, { piped: 100, ignored: 100, forgotten: 0 });
});
