import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SAFE, STOCK } from '../helpers/contenders.mjs';
import { runFixture } from '../helpers/fixture.mjs';

test('descriptors that other threads open and close during the spawn do not reach the child', async () => {
  const stock = await runFixture('probe-among-threads.mjs', { with: STOCK, stop: 'leak', count: 2000 });
  assert.notDeepEqual(stock.result.leaked, []);

  const safe = await runFixture('probe-among-threads.mjs', { with: SAFE, stop: 'count', count: 200 });
  assert.deepEqual(safe.result.leaked, []);
  assert.equal(safe.result.started, 200);
  assert.ok(safe.result.opened > safe.result.started, 'the threads were busy');
});
