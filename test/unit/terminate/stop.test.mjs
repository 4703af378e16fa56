/** child.stop(): ends a child with what it has started. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { safeFork, safeSpawn } from 'safe-spawn';
import { cgroupFor, membersOf, withoutCgroups } from '../../helpers/cgroups.mjs';
import { runFixture } from '../../helpers/fixture.mjs';
import { eventually } from '../../helpers/poll.mjs';
import { isAlive, stateOf } from '../../helpers/processes.mjs';

const EXITED = { code: 0, signal: null, signalNumber: null, coreDumped: false, lost: false };
const TERMINATED = { ...EXITED, code: null, signal: 'SIGTERM', signalNumber: 15 };
const KILLED = { ...EXITED, code: null, signal: 'SIGKILL', signalNumber: 9 };

/** Starts a shell script that writes numbers of processes, or a word, once it is ready. */
async function start(script, options = {}) {
  const child = safeSpawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'], ...options });
  const [line] = await once(child.stdout, 'data');
  return { child, pids: String(line).trim().split(/\s+/).map(Number) };
}

const STUBBORN = "trap '' TERM; echo ready; exec sleep 1000";
/** The shell ends at SIGTERM and leaves a process that ignores it. */
const LEAVES_STUBBORN = `sh -c "trap '' TERM; echo \\$\\$; exec sleep 1000" & wait`;

test('it resolves with the exit status, after the event', async () => {
  const { child } = await start('echo ready; exec sleep 1000');
  let hasExited = false;
  child.once('exit', () => {
    hasExited = true;
  });
  assert.deepEqual(await child.stop(), TERMINATED);
  assert.equal(hasExited, true);
  assert.equal(child.killed, true);
  assert.deepEqual(await child.stop(), TERMINATED);
});

test('a child that ends in its grace is not killed, and keeps nobody waiting', async () => {
  const { child } = await start("trap 'exit 7' TERM; echo ready; while :; do read x; done");
  assert.deepEqual(await child.stop({ grace: 2 ** 31 - 1 }), { ...EXITED, code: 7 });
});

test('a child that ignores the signal is killed after the grace', async () => {
  const { child } = await start(STUBBORN);
  const before = performance.now();
  assert.deepEqual(await child.stop({ grace: 50 }), KILLED);
  assert.ok(performance.now() - before >= 49);
});

test('without grace it is killed at once', async () => {
  const { child } = await start(STUBBORN);
  assert.deepEqual(await child.stop({ grace: 0 }), KILLED);
});

test('the signal can be another', async () => {
  for (const [killSignal, expected] of [
    ['SIGINT', { ...TERMINATED, signal: 'SIGINT', signalNumber: 2 }],
    ['sigkill', KILLED],
    [1, { ...TERMINATED, signal: 'SIGHUP', signalNumber: 1 }],
  ]) {
    const { child } = await start('echo ready; exec sleep 1000');
    assert.deepEqual(await child.stop({ killSignal }), expected);
  }
});

test('a child that is stopped handles the signal', async () => {
  const { child } = await start("trap 'exit 7' TERM; echo ready; while :; do read x; done");
  child.kill('SIGSTOP');
  await eventually('it is stopped', () => stateOf(child.pid) === 'T');
  assert.equal((await child.stop()).code, 7);
});

test('an abort kills at once, before or after', async () => {
  const { child } = await start(STUBBORN);
  const controller = new AbortController();
  const stopped = child.stop({ grace: 1_000_000, signal: controller.signal });
  controller.abort();
  assert.deepEqual(await stopped, KILLED);

  const { child: other } = await start("trap 'exit 7' TERM; echo ready; while :; do read x; done");
  assert.deepEqual(await other.stop({ signal: AbortSignal.abort() }), KILLED);
});

test('calls join, and the shortest grace counts', async () => {
  const { child } = await start(STUBBORN);
  const all = [1_000_000, 20, 500_000].map((grace) => child.stop({ grace }));
  assert.deepEqual(await Promise.all(all), [KILLED, KILLED, KILLED]);
});

test('a signal is sent once, and another one too', async () => {
  const { child } = await start(
    "trap 'echo TERM' TERM; trap 'exit 7' INT; echo ready; while :; do read x; done",
  );
  const output = child.stdout.toArray();
  const all = ['SIGTERM', 'SIGTERM'].map((killSignal) => child.stop({ killSignal }));
  await eventually('the signal was handled', () => child.stdout.bytesRead > 'ready\n'.length);
  all.push(child.stop({ killSignal: 'SIGINT' }));
  assert.deepEqual(new Set((await Promise.all(all)).map(({ code }) => code)), new Set([7]));
  assert.equal((await output).join(''), 'TERM\n');
});

for (const options of [{ processGroup: true }, { detached: true }]) {
  test(`with ${JSON.stringify(options)} what is left when the child ends is killed`, async () => {
    const { child, pids } = await start(LEAVES_STUBBORN, options);
    assert.deepEqual(await child.stop({ grace: 1_000_000 }), TERMINATED);
    assert.deepEqual(pids.filter(isAlive), []);
  });
}

test('a whole group that ignores the signal is killed', async () => {
  const { child, pids } = await start(`trap '' TERM; ${LEAVES_STUBBORN}`, { processGroup: true });
  assert.deepEqual(await child.stop({ grace: 20 }), KILLED);
  assert.deepEqual(pids.filter(isAlive), []);
});

test('without a containment it reaches the child alone', async () => {
  const { child, pids } = await start(LEAVES_STUBBORN);
  assert.deepEqual(await child.stop(), TERMINATED);
  assert.ok(isAlive(pids[0]));
  process.kill(pids[0], 'SIGKILL');
});

test('with a cgroup what is left has the grace, and is killed then', {
  skip: withoutCgroups(),
}, async (context) => {
  const cgroup = cgroupFor(context);
  const { child, pids } = await start(`setsid ${LEAVES_STUBBORN}`, { cgroup });
  const before = performance.now();
  assert.deepEqual(await child.stop({ grace: 50 }), TERMINATED);
  assert.ok(performance.now() - before >= 49);
  assert.deepEqual(pids.filter(isAlive), []);
  assert.deepEqual(membersOf(cgroup), []);
});

test('after the exit it ends what is left in the cgroup', { skip: withoutCgroups() }, async (context) => {
  const cgroup = cgroupFor(context);
  const { child } = await start('echo ready; setsid sleep 1000 &', { cgroup });
  if (child.exitStatus === undefined) await once(child, 'exit');
  await eventually('it is there', () => membersOf(cgroup).length > 0);
  assert.deepEqual(await child.stop(), EXITED);
  assert.deepEqual(membersOf(cgroup), []);
});

test('after the exit it resolves', async () => {
  const child = safeSpawn('true', { stdio: 'ignore', processGroup: true });
  await once(child, 'exit');
  assert.deepEqual(await child.stop(), EXITED);
});

test('in a listener of the exit it resolves', async () => {
  const child = safeSpawn('true', { stdio: 'ignore', processGroup: true });
  const stopped = new Promise((resolve) => child.once('exit', () => resolve(child.stop())));
  assert.deepEqual(await stopped, EXITED);
});

test('a child that was never started resolves with undefined', async () => {
  const child = safeSpawn('/no/such/program');
  const failed = once(child, 'error');
  assert.equal(await child.stop(), undefined);
  await failed;
  assert.equal(child.killed, false);
});

test('a listener that removes all others does not keep it waiting', async () => {
  const { child } = await start('echo ready; exec sleep 1000');
  const stopped = child.stop();
  child.removeAllListeners();
  assert.deepEqual(await stopped, TERMINATED);
});

test('a forked child is stopped', async () => {
  const child = safeFork('-', { execArgv: ['-e', 'setInterval(() => {}, 1000)', '--'] });
  assert.equal((await child.stop()).signal, 'SIGTERM');
});

test('await using stops it', async () => {
  const { child, pids } = await start(LEAVES_STUBBORN, { processGroup: true });
  await child[Symbol.asyncDispose]();
  assert.deepEqual(child.exitStatus, TERMINATED);
  assert.deepEqual(pids.filter(isAlive), []);
});

test('in a Worker it works too', async () => {
  const code = `
    const { safeSpawn } = require('safe-spawn');
    const { parentPort } = require('node:worker_threads');
    safeSpawn('sleep', ['1000'], { processGroup: true }).stop().then((status) => parentPort.postMessage(status));`;
  const [status] = await once(new Worker(code, { eval: true }), 'message');
  assert.deepEqual(status, TERMINATED);
});

// ---- the loop ------------------------------------------------------------------------------------------------

test('the loop waits for the child, also after unref(), and for no timer', async () => {
  for (const plan of [{ unref: false }, { unref: true }, { unref: true, grace: 20, stubborn: true }]) {
    const { result, code, stderr } = await runFixture('stop-loop.mjs', plan);
    assert.equal(code, 0, stderr);
    assert.equal(result.signal, plan.stubborn ? 'SIGKILL' : 'SIGTERM');
    assert.ok(result.took < 25_000);
  }
});

// ---- wrong, or not possible ----------------------------------------------------------------------------------

const WRONG = [
  ...[null, 5, 'SIGTERM', [], () => {}, new Map()].map((options) => [options, 'ERR_INVALID_ARG_TYPE']),
  [{ Grace: 5 }, 'ERR_INVALID_ARG_VALUE'],
  [{ timeout: undefined }, 'ERR_INVALID_ARG_VALUE'],
  ...[null, '5', 5n, {}].map((grace) => [{ grace }, 'ERR_INVALID_ARG_TYPE']),
  ...[-1, Number.NaN, 2 ** 31, Number.POSITIVE_INFINITY].map((grace) => [{ grace }, 'ERR_OUT_OF_RANGE']),
  ...[null, true, {}].map((killSignal) => [{ killSignal }, 'ERR_INVALID_ARG_TYPE']),
  ...['TERM', '', 0, 99, -9, 1.5].map((killSignal) => [{ killSignal }, 'ERR_UNKNOWN_SIGNAL']),
  ...[null, {}, new AbortController()].map((signal) => [{ signal }, 'ERR_INVALID_ARG_TYPE']),
];

test('wrong options reject, and nothing is sent', async () => {
  const { child } = await start('echo ready; exec cat');
  for (const [options, code] of WRONG) await assert.rejects(child.stop(options), { code });
  assert.equal(child.killed, false);
  child.stdin.end();
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

const asRoot = { skip: process.getuid() !== 0 && 'needs root' };

test('a child that may not be signalled rejects with its PID, at once', asRoot, async () => {
  for (const processGroup of [false, true]) {
    const { result, stderr } = await runFixture('stop-forbidden.mjs', { processGroup });
    assert.ok(result, stderr);
    assert.equal(result.code, 'ERR_SAFE_SPAWN_STOP');
    assert.deepEqual(result.pids, [result.pid]);
    assert.match(result.message, new RegExp(`process ${result.pid}: .*EPERM`));
  }
});

test('a cgroup that holds this process rejects, and this process lives', {
  skip: withoutCgroups(),
}, async (context) => {
  const cgroup = cgroupFor(context);
  const { result, stderr } = await runFixture('stop-own-cgroup.mjs', { cgroup });
  assert.ok(result, stderr);
  assert.equal(result.code, 'ERR_SAFE_SPAWN_STOP');
});

test('many children that are stopped leave nothing', async () => {
  const { result, stderr } = await runFixture('stop-many.mjs', { count: 200 });
  assert.ok(result, stderr);
  assert.deepEqual(result, { fds: 0, children: 0, statuses: ['SIGTERM'] });
});
