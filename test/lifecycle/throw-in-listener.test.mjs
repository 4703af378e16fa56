import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SAFE, STOCK } from '../helpers/contenders.mjs';
import { runFixture } from '../helpers/fixture.mjs';

async function outcome(spawn) {
  const { code, stderr, result } = await runFixture('throw-in-exit-listener.mjs', { with: spawn });
  assert.equal(code, 0, stderr);
  return result;
}

test("a throw in an 'exit' listener is an uncaught exception, and no other child's exit is lost", async () => {
  const { told, uncaught } = await outcome(SAFE);
  assert.equal(told.length, 10);
  assert.deepEqual(
    uncaught,
    told.map((index) => [`from ${index}`, 'uncaughtException']),
  );
  assert.deepEqual({ told, uncaught }, await outcome(STOCK));
});
