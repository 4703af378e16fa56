import assert from 'node:assert/strict';
import { once } from 'node:events';
import { constants } from 'node:os';
import { test } from 'node:test';
import { safeSpawn } from 'safe-spawn';
import { addon } from '../helpers/native.mjs';

const { SIGCHLD } = constants.signals;
const CODE = 7;

/** The exit of a child whose status somebody else may have taken. It is true or unknown, and never a 0 that is wrong. */
async function checkedExit() {
  const [code, signal] = await once(safeSpawn('sh', ['-c', `exit ${CODE}`]), 'close');
  assert.equal(signal, null);
  assert.ok(code === CODE || code === null, `code ${code}`);
}

test('with SIGCHLD ignored, exit and close still come', async (t) => {
  addon.ignoreSignal(SIGCHLD);
  t.after(() => addon.resetSignal(SIGCHLD));
  await Promise.all(Array.from({ length: 20 }, checkedExit));
});

test('with a thread that reaps every child, exit and close still come', async () => {
  addon.startThief();
  try {
    while (addon.stolen() < 10) await Promise.all(Array.from({ length: 20 }, checkedExit));
  } finally {
    addon.stopThief();
  }
});

test('a child whose status was taken is not signalled any more', async () => {
  addon.startThief();
  try {
    const child = safeSpawn('true', [], { stdio: 'ignore' });
    await once(child, 'exit');
    assert.equal(child.kill(), false);
  } finally {
    addon.stopThief();
  }
});
