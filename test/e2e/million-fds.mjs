/**
 * npm run test:vm: children of a process with a million descriptors. Most machines don't allow so many; tools/vm/run.mjs
 * makes one that does.
 */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { before, test } from 'node:test';
import { safeSpawn, safeSpawnSync } from 'safe-spawn';
import { addon, RLIMIT_NOFILE } from '../helpers/native.mjs';
import { fdNumbers, probe } from '../helpers/probe.mjs';

const MILLION = 1_000_000;
const LOWERED = 65_536;
const FREED = 32;
const STDIO = [0, 1, 2];

/** Numbers in the order in which they were opened, without close-on-exec, as native code does. */
const opened = [];

/** Whether the child of a synchronous spawn function holds the highest of them. */
function highestLeaks(start) {
  const { status, error } = start('readlink', [`/proc/self/fd/${opened.at(-1)}`]);
  if (error) throw error;
  return status === 0;
}

before(() => {
  assert.equal(safeSpawnSync('true').status, 0, 'the library is at work before the descriptors are there');
  while (opened.length < MILLION) opened.push(addon.openFile('/dev/null'));
});

test('of a million descriptors none reaches the child', async () => {
  assert.equal(highestLeaks(spawnSync), true, 'child_process leaks them');
  assert.equal(highestLeaks(safeSpawnSync), false);
  assert.deepEqual(fdNumbers(await probe(safeSpawn)), STDIO);
});

test('a limit that is lowered below all that is open leaves no number for a launch: EMFILE', async () => {
  addon.setSoftLimit(RLIMIT_NOFILE, LOWERED);
  for (const start of [spawn, safeSpawn]) {
    const child = start('true', [], { stdio: 'pipe' });
    const [error] = await once(child, 'error');
    assert.equal(error.code, 'EMFILE', start.name);
  }
});

test('descriptors above a limit that was lowered afterwards do not reach the child', async () => {
  opened.splice(0, FREED).forEach(addon.closeFd);
  addon.setSoftLimit(RLIMIT_NOFILE, LOWERED);
  assert.equal(highestLeaks(spawnSync), true, 'child_process leaks them');
  assert.equal(highestLeaks(safeSpawnSync), false);
  assert.deepEqual(fdNumbers(await probe(safeSpawn)), STDIO);
});
