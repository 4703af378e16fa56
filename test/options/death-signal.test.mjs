import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { startFixture } from '../helpers/fixture.mjs';
import { root } from '../helpers/native.mjs';
import { eventually } from '../helpers/poll.mjs';
import { isAlive } from '../helpers/processes.mjs';
import { withoutRoot } from '../helpers/requirements.mjs';

async function supervisorWith(options) {
  const { child, resultPath } = startFixture('death-signal.mjs', { options });
  await eventually('its child runs', () => existsSync(resultPath));
  return { supervisor: child, pid: JSON.parse(readFileSync(resultPath, 'utf8')).pid };
}

async function killed(supervisor) {
  supervisor.kill('SIGKILL');
  await once(supervisor, 'close');
}

test('a supervisor that is killed takes its child with it', async () => {
  const { supervisor, pid } = await supervisorWith({ deathSignal: 'SIGKILL' });
  assert.ok(isAlive(pid));
  await killed(supervisor);
  await eventually('its child is dead', () => !isAlive(pid));
});

test('a supervisor that is killed takes a child with other ids with it', { skip: withoutRoot }, async () => {
  const ids = { uid: 65_534, gid: 65_534 };
  const { supervisor, pid } = await supervisorWith({ ...ids, deathSignal: 'SIGTERM' });
  await killed(supervisor);
  await eventually('its child is dead', () => !isAlive(pid));
});

test('in a Worker, which can end before the process, it is refused', async () => {
  const script = `
    const { parentPort } = require('node:worker_threads');
    const { safeSpawn } = require(${JSON.stringify(root)});
    try {
      safeSpawn('true', [], { deathSignal: 'SIGKILL' });
    } catch ({ code, message }) {
      parentPort.postMessage({ code, message });
    }`;
  const [{ code, message }] = await once(new Worker(script, { eval: true }), 'message');
  assert.equal(code, 'ERR_WORKER_UNSUPPORTED_OPERATION');
  assert.match(message, /options\.deathSignal .*thread/);
});
