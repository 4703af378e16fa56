import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SAFE, STOCK } from '../helpers/contenders.mjs';
import { runFixture } from '../helpers/fixture.mjs';
import { withoutStrace } from '../helpers/requirements.mjs';
import { traceFixture } from '../helpers/strace.mjs';

const LIVE = 1000;

test(`${LIVE} children live at once, and each exit is reported`, async () => {
  const { result, stderr } = await runFixture('exits-among-many.mjs', { with: SAFE, live: LIVE, short: 50 });
  assert.deepEqual(result, { alive: LIVE, killed: LIVE }, stderr);
});

test('an exit costs the same number of waits however many children live', {
  skip: withoutStrace(),
}, async () => {
  const waits = async (plan) =>
    (await traceFixture('exits-among-many.mjs', plan, ['wait4', 'waitid'])).lines.length;
  const short = 20;
  const extra = 200;

  const few = await waits({ with: SAFE, live: 0, short });
  const many = await waits({ with: SAFE, live: extra, short });
  assert.ok(many - few <= 2 * extra, `${many - few} waits more, for ${extra} children more`);

  // One for each live child at each exit: 200 children cost 20 * 200 waits, beside their own exits.
  const stock =
    (await waits({ with: STOCK, live: extra, short })) - (await waits({ with: STOCK, live: 0, short }));
  assert.ok(stock >= short * extra, `${stock} waits`);
});
