import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SAFE, STOCK } from '../helpers/contenders.mjs';
import { runFixture } from '../helpers/fixture.mjs';

const launcher = ['--fd', 20, '--fd', 1066];

test('children that several Workers start at once hold their own pipes and nothing else', async () => {
  const plan = { workers: 4, children: 20 };
  const stock = await runFixture(
    'probe-from-workers.mjs',
    { with: STOCK, ...plan, children: 1 },
    { launcher },
  );
  for (const numbers of stock.result.children) assert.deepEqual(numbers, [0, 1, 2, 3, 20, 1066]);

  const safe = await runFixture('probe-from-workers.mjs', { with: SAFE, ...plan }, { launcher });
  assert.equal(safe.result.children.length, plan.workers * plan.children);
  for (const numbers of safe.result.children) assert.deepEqual(numbers, [0, 1, 2, 3]);
});
