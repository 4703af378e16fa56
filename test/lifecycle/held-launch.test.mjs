import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { test } from 'node:test';
import { runFixture, startFixture } from '../helpers/fixture.mjs';
import { eventually } from '../helpers/poll.mjs';
import { gatedEnvironment, UNMASK, UNSHARE } from '../helpers/test-hooks.mjs';

const env = gatedEnvironment;
const ran = { code: 0, signal: null };

async function afterHolding(plan) {
  const { code, signal, stderr, result } = await runFixture('held-launch.mjs', plan, { env });
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, stderr);
  return result;
}

for (const [name, gate, step] of [
  ['its own table', UNSHARE, 'signals'],
  ['its mask', UNMASK, 'signalMask'],
]) {
  test(`while a Worker's child is held before it opens ${name}, the main thread launches and gets its EOF`, async () => {
    const result = await afterHolding({ gate, action: 'spawn elsewhere' });
    assert.deepEqual(result, { meanwhile: 'text\n', worker: ran, exitCode: 0 });
  });

  test(`a Worker terminated while its child is held before ${name} ends with the launch`, async () => {
    const result = await afterHolding({ gate, action: 'terminate' });
    assert.deepEqual(result, { endedWhileHeld: false, sockets: 0 });
  });

  test(`a Worker that is terminated before ${name} leaves no end of the child's pipes`, async () => {
    const result = await afterHolding({ gate, action: 'terminate', stdio: 'pipe' });
    assert.deepEqual(result, { endedWhileHeld: false, sockets: 0 });
  });

  test(`a child killed before ${name} is a failed spawn that names step and signal`, async () => {
    const { worker, exitCode } = await afterHolding({ gate, action: 'kill the child' });
    assert.equal(worker.error?.step, step);
    assert.equal(worker.error.signal, 'SIGKILL');
    assert.equal(exitCode, 0);
  });

  test(`a real-time signal at the gate before ${name} runs no handler of the parent`, async () => {
    const { worker, caught } = await afterHolding({ gate, action: 'send a real-time signal' });
    assert.equal(caught, 0);
    assert.equal(worker.error?.step, 'signalMask', 'the child died of it when it opened its mask');
  });

  test(`process.exit() while a child is held before ${name} ends the process with the launch`, async () => {
    const plan = { gate, action: 'process.exit' };
    const { child: parent, resultPath, output } = startFixture('held-launch.mjs', plan, { env });
    await eventually('the child is held', () => existsSync(resultPath));
    const { pid } = JSON.parse(readFileSync(resultPath, 'utf8'));
    process.kill(pid, constants.signals.SIGKILL);
    const [code, signal] = await once(parent, 'exit');
    assert.deepEqual({ code, signal }, { code: 3, signal: null }, output.stderr);
  });
}
