import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SAFE, STOCK } from '../helpers/contenders.mjs';
import { runFixture } from '../helpers/fixture.mjs';

async function terminated(name, ending, rounds) {
  const { code, signal, stderr, result } = await runFixture('terminated-sync.mjs', {
    with: name,
    ending,
    rounds,
  });
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, stderr);
  assert.equal(result.fdsAfter, result.fdsBefore);
  return result.results;
}

const endings = {
  killed: 'is killed',
  'killed without pipes': 'is killed, and has no pipes',
  timeout: 'comes to its timeout',
  input: 'is killed while it does not read its input',
};

for (const [ending, how] of Object.entries(endings)) {
  test(`a Worker that is terminated in a synchronous run ends as with Node, once the child ${how}`, async () => {
    const [node, ours] = await Promise.all([STOCK, SAFE].map((name) => terminated(name, ending, 3)));
    assert.deepEqual(ours, node);
    for (const { endedBeforeChild } of ours) assert.equal(endedBeforeChild, false);
  });
}

test('a Worker that is terminated anywhere between synchronous runs leaves nothing', async () => {
  const results = await terminated(SAFE, 'none', 20);
  for (const { code } of results) assert.equal(code, 1);
});
