import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFixture } from '../helpers/fixture.mjs';

test("a throw in an 'exit' listener is an uncaught exception, and no other child's exit is lost", async () => {
  const { code, stderr, result } = await runFixture('throw-in-exit-listener.mjs');
  assert.equal(code, 0, stderr);
  assert.equal(result.told.length, 10);
  const expected = result.told.map((index) => [`from ${index}`, 'uncaughtException']);
  assert.deepEqual(result.uncaught, expected);
});
