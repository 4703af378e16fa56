import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { test } from 'node:test';

const { isSignal, signalName } = createRequire(import.meta.url)('../../../dist/util/signals.js');

test('each number has one name, and it is the name of that number', () => {
  for (const number of Object.values(constants.signals)) {
    assert.equal(constants.signals[signalName(number)], number);
  }
  assert.deepEqual([6, 9, 29].map(signalName), ['SIGABRT', 'SIGKILL', 'SIGIO']);
});

test('0 and real-time signals have no name', () => {
  for (const number of [0, 32, 33, 34, 64, 65, -1]) assert.equal(signalName(number), '');
});

test('a value is a signal if kill() takes it', () => {
  for (const signal of ['SIGTERM', 'sigterm', 'SIGIOT', 9]) assert.ok(isSignal(signal), String(signal));
  for (const signal of ['', 'TERM', 0, 34, -9, 1.5, null, {}, 'toString', 9n]) {
    assert.ok(!isSignal(signal), String(signal));
  }
});
