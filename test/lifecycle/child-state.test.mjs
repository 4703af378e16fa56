import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { test } from 'node:test';
import { capabilities, safeSpawn } from 'safe-spawn';
import { SAFE, STOCK } from '../helpers/contenders.mjs';
import { runFixture } from '../helpers/fixture.mjs';
import { addon, probePath, RLIMIT_NOFILE } from '../helpers/native.mjs';
import { fdNumbers, probe } from '../helpers/probe.mjs';
import { nofileLimits } from '../helpers/processes.mjs';
import { withoutHardLimit, withoutRoot } from '../helpers/requirements.mjs';
import { scratchDirectory, scratchPath } from '../helpers/scratch.mjs';

const { cloneMode } = capabilities();
const SIGHUP = 1;
const SIGINT = 2;
const SIGPIPE = 13;
const REAL_TIME_SIGNAL = 40;

test('the mask of the child is empty, and signals 1 to 31 are at their defaults', async () => {
  const launcher = ['--ignore', SIGHUP, '--ignore', SIGPIPE, '--block', SIGINT, '--block', REAL_TIME_SIGNAL];
  const { result } = await runFixture('probe-child.mjs', { with: SAFE }, { launcher });
  const { blocked, ignored, caught } = result.child;
  assert.deepEqual({ blocked, ignored, caught }, { blocked: [], ignored: [], caught: [] });
});

test('a real-time signal is ignored in the child only if it is in the parent', async (t) => {
  addon.ignoreSignal(REAL_TIME_SIGNAL);
  addon.catchSignal(REAL_TIME_SIGNAL + 1);
  t.after(() => {
    addon.resetSignal(REAL_TIME_SIGNAL);
    addon.resetSignal(REAL_TIME_SIGNAL + 1);
  });
  const { ignored, caught } = await probe(safeSpawn);
  assert.deepEqual({ ignored, caught }, { ignored: [REAL_TIME_SIGNAL], caught: [] });
});

const MANY = 19_000;

test(`with ${MANY} descriptors in the parent the child's table has 64 places`, {
  skip:
    withoutHardLimit(MANY + 200) ||
    (cloneMode === 'vfork-shared-fds' ? false : 'needs the clone mode vfork-shared-fds'),
}, async () => {
  const { result } = await runFixture('probe-child-of-many-fds.mjs', { with: SAFE, count: MANY });
  assert.equal(result.child.fdSize, 64);
  assert.deepEqual(fdNumbers(result.child), [0, 1, 2]);

  const stock = await runFixture('probe-child-of-many-fds.mjs', { with: STOCK, count: MANY });
  assert.ok(stock.result.child.fdSize >= MANY);
});

test('the child has no more than one thread, and is dumpable', async () => {
  const { threads, dumpable } = await probe(safeSpawn);
  assert.deepEqual({ threads, dumpable }, { threads: 1, dumpable: 1 });
});

test('the child is in the group and the session of the parent, and detached it leads its own', async () => {
  const parent = await probe(safeSpawn);
  const { pid, pgid, sid } = await probe(safeSpawn, { detached: true });
  assert.deepEqual([pgid, sid], [pid, pid]);
  assert.equal(parent.ppid, process.pid);
  assert.notEqual(parent.sid, parent.pid);
});

test('a child with another uid and gid has them in all places, and no supplementary groups', {
  skip: withoutRoot,
}, async () => {
  const program = scratchPath('probe');
  copyFileSync(probePath, program);
  const options = { uid: 1234, gid: 5678, cwd: scratchDirectory() };
  const { uid, gid, groups, ...report } = await probe(safeSpawn, options, program);
  assert.deepEqual({ uid, gid, groups }, { uid: [1234, 1234, 1234], gid: [5678, 5678, 5678], groups: [] });
  assert.deepEqual(fdNumbers(report), [0, 1, 2]);
});

test('the child inherits the umask, the limits and the directory of the parent', async (t) => {
  const { soft } = nofileLimits();
  const umask = process.umask(0o027);
  const directory = process.cwd();
  process.chdir('/');
  addon.setSoftLimit(RLIMIT_NOFILE, 1000);
  t.after(() => {
    process.umask(umask);
    process.chdir(directory);
    addon.setSoftLimit(RLIMIT_NOFILE, soft);
  });
  const report = await probe(safeSpawn);
  assert.deepEqual([report.umask, report.cwd, report.rlimits.nofile.soft], [0o027, '/', '1000']);
});
