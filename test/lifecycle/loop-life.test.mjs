import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFixture } from '../helpers/fixture.mjs';
import { isAlive } from '../helpers/processes.mjs';

async function life(plan) {
  const { code, signal, stdout, stderr } = await runFixture('loop-life.mjs', plan);
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, stderr);
  const [pid, ...events] = stdout.trim().split('\n');
  return { pid: Number(pid), events };
}

const long = { file: 'sleep', args: ['1000'] };

for (const calls of [[], ['unref', 'ref'], ['unref', 'unref', 'ref']]) {
  test(`a child keeps the loop alive until its exit is reported, after ${calls.join('(), ') || 'nothing'}`, async () => {
    const { events } = await life({ calls, file: 'true', args: [] });
    assert.deepEqual(events, ['exit', 'end']);
  });
}

for (const calls of [['unref'], ['ref', 'unref'], ['unref', 'unref']]) {
  test(`a process ends although its child lives, after ${calls.join('(), ')}()`, async (t) => {
    const { pid, events } = await life({ calls, ...long });
    t.after(() => process.kill(pid, 'SIGKILL'));
    assert.deepEqual(events, ['end']);
    assert.ok(isAlive(pid));
  });
}
