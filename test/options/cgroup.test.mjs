import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { safeSpawn, safeSpawnSync } from 'safe-spawn';
import {
  cgroupFor,
  cgroupOfThisProcess,
  lineOf,
  membersOf,
  withoutCgroups,
  withoutController,
} from '../helpers/cgroups.mjs';
import { failureOf } from '../helpers/failures.mjs';
import { runFixture } from '../helpers/fixture.mjs';
import { eventually } from '../helpers/poll.mjs';
import { probe } from '../helpers/probe.mjs';
import { isAlive } from '../helpers/processes.mjs';
import { withoutPidNamespace, withoutRoot } from '../helpers/requirements.mjs';
import { scratchDirectory } from '../helpers/scratch.mjs';

const NOBODY = 65_534;

const options = { skip: withoutCgroups() };

/** A shell with a child in the same group, and one in a session of its own. */
const FAMILY = 'sleep 1000 & setsid sleep 1000 & echo ready; wait';

async function family(context) {
  const cgroup = cgroupFor(context);
  const child = safeSpawn('sh', ['-c', FAMILY], { cgroup });
  await once(child.stdout, 'data');
  await eventually('all are there', () => membersOf(cgroup).length === 3);
  return { child, pids: membersOf(cgroup) };
}

test('the child is born in the cgroup', options, async (context) => {
  const cgroup = cgroupFor(context);
  const report = await probe(safeSpawn, { cgroup });
  assert.ok(report.cgroup.split('\n').includes(lineOf(cgroup)), report.cgroup);
});

test('killTree kills everything in the cgroup, sessions of their own too', options, async (context) => {
  for (const signal of [undefined, 'SIGKILL', 'SIGHUP']) {
    const { child, pids } = await family(context);
    assert.equal(child.killTree(signal), true);
    await once(child, 'exit');
    await eventually('all are dead', () => !pids.some(isAlive));
    assert.equal(child.killed, true);
  }
});

test('killTree reaches cgroups inside the cgroup', options, async (context) => {
  const cgroup = cgroupFor(context);
  const inner = join(cgroup, 'inner');
  mkdirSync(inner);
  for (const signal of ['SIGTERM', 'SIGKILL']) {
    const child = safeSpawn('sh', ['-c', `sleep 1000 & echo $! > ${inner}/cgroup.procs; echo ready; wait`], {
      cgroup,
    });
    await once(child.stdout, 'data');
    assert.equal(membersOf(inner).length, 1);
    child.killTree(signal);
    await once(child, 'exit');
    await eventually('the inner one is empty', () => membersOf(inner).length === 0);
  }
  rmdirSync(inner);
});

test('killTree reaches a cgroup that has a threaded one inside', options, async (context) => {
  const cgroup = cgroupFor(context);
  const threaded = join(cgroup, 'threaded');
  for (const signal of ['SIGTERM', 'SIGKILL']) {
    const child = safeSpawn('sleep', ['1000'], { cgroup, stdio: 'ignore' });
    mkdirSync(threaded);
    writeFileSync(join(threaded, 'cgroup.type'), 'threaded');
    assert.equal(child.killTree(0), true);
    assert.equal(child.killTree(signal), true);
    assert.deepEqual(await once(child, 'exit'), [null, signal]);
    assert.equal(child.killTree(signal), false);
    rmdirSync(threaded);
  }
});

test('killTree signals what it can list, and SIGKILL needs no list of an inner cgroup', {
  skip: options.skip || withoutRoot,
}, async (context) => {
  const cgroup = cgroupFor(context);
  const inner = join(cgroup, 'inner');
  mkdirSync(inner);
  chmodSync(inner, 0o700);
  chownSync(join(cgroup, 'cgroup.kill'), NOBODY, NOBODY);
  const { result, stderr } = await runFixture('kill-tree.mjs', { cgroup, uid: NOBODY });
  rmdirSync(inner);
  assert.equal(result?.asked, true, stderr);
  assert.equal(result.error?.code, 'ERR_SAFE_SPAWN_KILL_TREE');
  assert.match(result.error.message, new RegExp(`the members of ${inner} \\(EACCES\\)`));
  assert.deepEqual(result.signals, ['SIGTERM']);
  assert.equal(result.killed, true);
});

test(
  'killTree reaches those that are left when the child has ended, and then none',
  options,
  async (context) => {
    const cgroup = cgroupFor(context);
    const child = safeSpawn('sh', ['-c', 'sleep 1000 &'], { cgroup, stdio: 'ignore' });
    await once(child, 'exit');
    assert.equal(child.killTree(), true);
    await eventually('it is empty', () => membersOf(cgroup).length === 0);
    assert.equal(child.killTree(), false);
  },
);

test('killTree sends nothing to a cgroup that is gone', options, async () => {
  const after = [];
  const cgroup = cgroupFor({ after: (action) => after.push(action) });
  const child = safeSpawn('true', { cgroup, stdio: 'ignore' });
  await once(child, 'exit');
  await after[0]();
  for (const signal of ['SIGTERM', 'SIGKILL']) assert.equal(child.killTree(signal), false);
});

/** What kill-tree.mjs reports of a cgroup that another process is in, which is dead afterwards. */
async function killTreeBesideAnother(cgroup, plan, options) {
  const other = spawn('sleep', ['1000'], { stdio: 'ignore' });
  const end = once(other, 'exit');
  writeFileSync(join(cgroup, 'cgroup.procs'), String(other.pid));
  const { result, stderr } = await runFixture('kill-tree.mjs', { cgroup, ...plan }, options);
  const wasKilled = !isAlive(other.pid);
  other.kill('SIGKILL');
  await end;
  assert.ok(result, stderr);
  return { ...result, other: other.pid, wasKilled };
}

test('killTree signals those it can beside a process of another PID namespace, and says what it could not', {
  skip: options.skip || withoutPidNamespace(),
}, async (context) => {
  const cgroup = cgroupFor(context);
  const through = ['unshare', '--pid', '--fork', '--mount-proc'];
  const result = await killTreeBesideAnother(cgroup, {}, { through });
  assert.equal(result.asked, true);
  assert.equal(result.error?.code, 'ERR_SAFE_SPAWN_KILL_TREE');
  assert.match(result.error.message, new RegExp(`${cgroup}: 1 in another PID namespace`));
  assert.deepEqual(result.signals, ['SIGTERM']);
  // The kernel itself kills all for SIGKILL.
  assert.equal(result.killed, true);
  assert.equal(result.wasKilled, true);
});

test('killTree signals those it may, and names those it may not', options, async (context) => {
  const cgroup = cgroupFor(context);
  const result = await killTreeBesideAnother(cgroup, { uid: NOBODY });
  const named = new RegExp(`${cgroup}: ${result.other} \\(EPERM\\)`);
  assert.equal(result.error?.code, 'ERR_SAFE_SPAWN_KILL_TREE');
  assert.match(result.error.message, named);
  assert.deepEqual(result.signals, ['SIGTERM']);
  assert.match(result.killed.message, named);
});

for (const free of [1, 2, 3]) {
  test(`killTree reaches 10 processes with ${free} free descriptors`, options, async (context) => {
    const plan = { cgroup: cgroupFor(context), children: 10, free };
    const { result, stderr } = await runFixture('kill-tree.mjs', plan);
    assert.deepEqual(result?.error, undefined, stderr);
    assert.deepEqual(result.signals, Array(10).fill('SIGTERM'));
  });
}

test('a cgroup takes children again after killTree by SIGKILL', options, async (context) => {
  const cgroup = cgroupFor(context);
  const inner = join(cgroup, 'inner');
  mkdirSync(inner);
  for (let round = 1; round <= 3; round++) {
    for (const directory of [cgroup, inner]) {
      const child = safeSpawn('sh', ['-c', 'echo ready; exec sleep 1000'], { cgroup: directory });
      await once(child.stdout, 'data');
      assert.deepEqual(membersOf(directory), [child.pid]);
      child.killTree('SIGKILL');
      assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL']);
    }
  }
  for (const settings of [{}, { stdio: 'ignore' }, { oomScoreAdj: 1000 }, { detached: true, umask: 0o77 }]) {
    const report = await probe(safeSpawn, { ...settings, cgroup });
    assert.ok(report.cgroup.split('\n').includes(lineOf(cgroup)), report.cgroup);
  }
  const { stdout, pid } = safeSpawnSync('cat', ['/proc/self/cgroup'], { cgroup });
  assert.ok(pid > 0);
  assert.ok(`${stdout}`.split('\n').includes(lineOf(cgroup)));
  const { code, step } = await failureOf(safeSpawn, { file: '/no/such/program', options: { cgroup } });
  assert.deepEqual({ code, step }, { code: 'ENOENT', step: 'exec' });
  rmdirSync(inner);
});

test('a child with other ids can join a cgroup that was killed', {
  skip: withoutRoot || options.skip,
}, (context) => {
  const cgroup = cgroupFor(context);
  writeFileSync(join(cgroup, 'cgroup.kill'), '1');
  const { stdout } = safeSpawnSync('sh', ['-c', 'id -u; cat /proc/self/cgroup'], { cgroup, uid: NOBODY });
  const [uid, ...lines] = `${stdout}`.split('\n');
  assert.equal(uid, `${NOBODY}`);
  assert.ok(lines.includes(lineOf(cgroup)), `${stdout}`);
});

test('a frozen cgroup that was killed is EBUSY', options, async (context) => {
  const cgroup = cgroupFor(context);
  writeFileSync(join(cgroup, 'cgroup.kill'), '1');
  writeFileSync(join(cgroup, 'cgroup.freeze'), '1');
  const { code, step } = await failureOf(safeSpawn, { file: 'true', options: { cgroup } });
  assert.deepEqual({ code, step }, { code: 'EBUSY', step: 'cgroup' });
  writeFileSync(join(cgroup, 'cgroup.freeze'), '0');
});

test('killTree of a cgroup that holds this process is an error', options, async () => {
  const cgroup = cgroupOfThisProcess();
  const child = safeSpawn('cat', { cgroup });
  assert.throws(() => child.killTree('SIGKILL'), { code: 'ERR_SAFE_SPAWN_KILL_TREE' });
  child.stdin.end();
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('a frozen cgroup is EBUSY', options, async (context) => {
  const cgroup = cgroupFor(context);
  writeFileSync(join(cgroup, 'cgroup.freeze'), '1');
  const { code, step } = await failureOf(safeSpawn, { file: 'true', options: { cgroup } });
  assert.deepEqual({ code, step }, { code: 'EBUSY', step: 'cgroup' });
  writeFileSync(join(cgroup, 'cgroup.freeze'), '0');
});

for (const [what, cgroup, code] of [
  ['a directory that is not there', '/no/such/cgroup', 'ENOENT'],
  ['a directory that is no cgroup', scratchDirectory(), 'EINVAL'],
  ['a file', process.execPath, 'ENOTDIR'],
]) {
  test(`${what} is ${code}, and the message has the path`, async () => {
    const error = await failureOf(safeSpawn, { file: 'true', options: { cgroup } });
    assert.deepEqual({ code: error.code, step: error.step }, { code, step: 'cgroup' });
    assert.ok(error.message.includes(cgroup), error.message);
  });
}

test('where pids.max is reached it is EAGAIN', { skip: withoutController('pids') }, async (context) => {
  const cgroup = cgroupFor(context);
  writeFileSync(join(cgroup, 'pids.max'), '1');
  const first = safeSpawn('cat', { cgroup });
  const { code, step, message } = await failureOf(safeSpawn, { file: 'true', options: { cgroup } });
  assert.deepEqual({ code, step }, { code: 'EAGAIN', step: 'clone' });
  assert.ok(message.includes(cgroup), message);
  first.stdin.end();
  await once(first, 'exit');
});
