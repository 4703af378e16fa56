/** child.exitStatus and child.containment, and the exit status of results and errors. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { promisify } from 'node:util';
import {
  safeExec,
  safeExecFile,
  safeExecFileSync,
  safeExecSync,
  safeFork,
  safeSpawn,
  safeSpawnSync,
} from 'safe-spawn';
import { cgroupFor, withoutCgroups } from '../../helpers/cgroups.mjs';
import { scratchDirectory } from '../../helpers/scratch.mjs';

const { exitStatus } = createRequire(import.meta.url)('../../../dist/terminate/exit-status.js');

const EXITED = { code: 0, signal: null, signalNumber: null, coreDumped: false, lost: false };
const KILLED = { ...EXITED, code: null, signal: 'SIGKILL', signalNumber: 9 };
/** A program that ends by the signal of this number. */
const dieBy = (signal) => ['sh', ['-c', `ulimit -c 0; kill -${signal} $$`]];

test('the status is undefined until the exit, and there in the event', async () => {
  const child = safeSpawn('sh', ['-c', 'read x; exit 3']);
  assert.equal(child.exitStatus, undefined);
  const inEvent = new Promise((resolve) => child.once('exit', () => resolve(child.exitStatus)));
  child.stdin.end();
  assert.deepEqual(await inEvent, { ...EXITED, code: 3 });
  assert.equal(child.exitStatus, child.exitStatus);
});

test('a signal that has a name is named', async () => {
  for (const [name, number] of [
    ['SIGKILL', 9],
    ['SIGTERM', 15],
    ['SIGABRT', 6],
  ]) {
    const child = safeSpawn(...dieBy(number), { stdio: 'ignore' });
    await once(child, 'exit');
    assert.deepEqual(child.exitStatus, { ...KILLED, signal: name, signalNumber: number });
  }
});

test('a real-time signal has no code 0, as in the event', async () => {
  const child = safeSpawn(...dieBy(40), { stdio: 'ignore' });
  const [code, signal] = await once(child, 'exit');
  assert.deepEqual({ code, signal }, { code: 0, signal: null });
  assert.deepEqual(child.exitStatus, { ...KILLED, signal: 'SIGRTMIN+6', signalNumber: 40 });
  assert.deepEqual(safeSpawnSync(...dieBy(40)).exitStatus, child.exitStatus);
});

test('real-time signals are named as kill(1) names them', () => {
  const names = [32, 33, 34, 35, 64].map((number) => exitStatus(0, number, false, false).signal);
  assert.deepEqual(names, ['SIGRTMIN-2', 'SIGRTMIN-1', 'SIGRTMIN', 'SIGRTMIN+1', 'SIGRTMIN+30']);
});

test('a core dump is reported', async (context) => {
  const dump = ['sh', ['-c', 'kill -ABRT $$'], { rlimits: { core: 'inherit' }, cwd: scratchDirectory() }];
  const child = safeSpawn(...dump);
  const { exitStatus: status } = safeSpawnSync(...dump);
  await once(child, 'exit');
  assert.equal(status.signal, 'SIGABRT');
  assert.deepEqual(child.exitStatus, status);
  if (!status.coreDumped) context.skip('this system dumps no core');
});

test('a status that other code has taken is lost', () => {
  assert.deepEqual(exitStatus(0, 0, false, true), { ...EXITED, code: null, lost: true });
});

test('a child that was not started has no status and no containment', async () => {
  const child = safeSpawn('/no/such/program', { processGroup: true });
  await once(child, 'error');
  assert.equal(child.exitStatus, undefined);
  assert.equal(child.containment, 'none');
  assert.equal(safeSpawnSync('/no/such/program').exitStatus, undefined);
});

test('the containment is what killTree() reaches', async () => {
  const leader = safeSpawn('cat', { processGroup: true });
  for (const [options, expected] of [
    [{}, 'none'],
    [{ processGroup: true }, 'group'],
    [{ detached: true }, 'group'],
    [{ processGroup: leader.pid }, 'none'],
  ]) {
    const child = safeSpawn('true', { ...options, stdio: 'ignore' });
    assert.equal(child.containment, expected);
    await once(child, 'exit');
    assert.equal(child.containment, expected);
  }
  leader.kill();
  await once(leader, 'exit');
});

test('with a cgroup that is the containment', { skip: withoutCgroups() }, async (context) => {
  const child = safeSpawn('true', { cgroup: cgroupFor(context), processGroup: true, stdio: 'ignore' });
  assert.equal(child.containment, 'cgroup');
  await once(child, 'exit');
});

test('a value that a program has put there stays', async () => {
  for (const name of ['exitStatus', 'containment']) {
    const child = safeSpawn('true', { stdio: 'ignore' });
    child[name] = 'mine';
    await once(child, 'exit');
    assert.equal(child[name], 'mine');
    assert.ok(Object.keys(child).includes(name));
  }
});

// ---- results and errors --------------------------------------------------------------------------------------

test('results of the synchronous functions have the status, hidden', () => {
  const result = safeSpawnSync('sh', ['-c', 'exit 5']);
  assert.deepEqual(result.exitStatus, { ...EXITED, code: 5 });
  assert.ok(!Object.keys(result).includes('exitStatus'));
});

test('errors of the synchronous functions have the status, hidden', () => {
  const command = 'kill -KILL $$';
  for (const run of [() => safeExecSync(command), () => safeExecFileSync('sh', ['-c', command])]) {
    assert.throws(run, (error) => {
      assert.deepEqual(error.exitStatus, KILLED);
      return !Object.keys(error).includes('exitStatus');
    });
  }
  assert.throws(
    () => safeExecSync('sleep 1000', { timeout: 10, killSignal: 'SIGKILL' }),
    (error) => error.code === 'ETIMEDOUT' && error.exitStatus.signal === 'SIGKILL',
  );
  assert.throws(
    () => safeExecFileSync('/no/such/program'),
    (error) => error.code === 'ENOENT' && error.exitStatus === undefined,
  );
});

test('errors of exec and execFile have the status, hidden, also those of promises', async () => {
  const command = 'kill -KILL $$';
  const called = await new Promise((resolve) => safeExec(command, resolve));
  const rejected = await promisify(safeExecFile)('sh', ['-c', command]).catch((error) => error);
  for (const error of [called, rejected]) {
    assert.deepEqual(error.exitStatus, KILLED);
    assert.ok(!Object.keys(error).includes('exitStatus'));
  }
});

test('an error of exec that comes before the exit has no status', async () => {
  const signal = AbortSignal.abort();
  const error = await promisify(safeExec)('sleep 1000', { signal }).catch((thrown) => thrown);
  assert.equal(error.code, 'ABORT_ERR');
  assert.equal(error.exitStatus, undefined);
});

test('a forked child has a status', async () => {
  const child = safeFork('/no/such/file.js', { silent: true });
  await once(child, 'exit');
  assert.deepEqual(child.exitStatus, { ...EXITED, code: 1 });
});
