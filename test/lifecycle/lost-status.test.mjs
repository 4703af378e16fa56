import assert from 'node:assert/strict';
import { once } from 'node:events';
import { constants } from 'node:os';
import { test } from 'node:test';
import { safeSpawn, safeSpawnSync } from 'safe-spawn';
import { runFixture } from '../helpers/fixture.mjs';
import { addon, seccompRunPath } from '../helpers/native.mjs';
import { withoutFilters } from '../helpers/requirements.mjs';

const { SIGCHLD } = constants.signals;
const CODE = 7;
const PROGRAM = ['sh', ['-c', `echo text; exit ${CODE}`]];

/** The exit of a child whose status somebody else may have taken. It is true or unknown, and never a 0 that is wrong. */
async function checkedExit() {
  const [code, signal] = await once(safeSpawn(...PROGRAM), 'close');
  assert.equal(signal, null);
  assert.ok(code === CODE || code === null, `code ${code}`);
}

/** The same for a synchronous run, whose output is known in any case. */
function checkedRun() {
  const { status, signal, stdout, error } = safeSpawnSync(...PROGRAM, { encoding: 'utf8' });
  assert.deepEqual({ signal, stdout, error }, { signal: null, stdout: 'text\n', error: undefined });
  assert.ok(status === CODE || status === null, `status ${status}`);
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

test('with SIGCHLD ignored, a synchronous run ends', (t) => {
  addon.ignoreSignal(SIGCHLD);
  t.after(() => addon.resetSignal(SIGCHLD));
  for (let run = 0; run < 20; run += 1) checkedRun();
});

test('with a thread that reaps every child, a synchronous run ends', () => {
  addon.startThief();
  try {
    while (addon.stolen() < 10) checkedRun();
  } finally {
    addon.stopThief();
  }
});

test('a lost status is null, and no success', {
  skip: withoutFilters(),
}, async () => {
  const through = [seccompRunPath, 'clone:pidfd=EPERM', '--'];
  const { code, result, stderr } = await runFixture('unknown-status.mjs', {}, { through });
  assert.equal(code, 0, stderr);
  const lost = { status: null, signal: null, stdout: 'text\n' };
  assert.deepEqual(result, { run: lost, thrown: lost });
});
