/** killTree() by process group, and kill() by pidfd. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { safeFork, safeSpawn } from 'safe-spawn';
import { runFixture } from '../../helpers/fixture.mjs';
import { eventually } from '../../helpers/poll.mjs';
import { isAlive, stateOf } from '../../helpers/processes.mjs';
import { withoutRoot } from '../../helpers/requirements.mjs';
import { scratchPath } from '../../helpers/scratch.mjs';

const FAMILY = 'sleep 1000 & echo $!; wait';

async function family(options) {
  const child = safeSpawn('sh', ['-c', FAMILY], options);
  const [line] = await once(child.stdout, 'data');
  return { child, grandchild: Number(line) };
}

for (const options of [{ processGroup: true }, { detached: true }]) {
  test(`with ${JSON.stringify(options)} killTree reaches what the child has started`, async () => {
    for (const signal of [undefined, 'SIGKILL', 15]) {
      const { child, grandchild } = await family(options);
      assert.equal(child.killTree(signal), true);
      assert.equal(child.killed, true);
      const [, name] = await once(child, 'exit');
      assert.equal(name, signal === 'SIGKILL' ? 'SIGKILL' : 'SIGTERM');
      await eventually('the other is dead', () => !isAlive(grandchild));
      assert.equal(child.killTree(signal), false);
    }
  });
}

test('a group outlives its leader until the leader is reaped', async () => {
  const { child, grandchild } = await family({ processGroup: true });
  process.kill(child.pid, 'SIGKILL');
  untilDead(child.pid);
  assert.equal(child.killTree('SIGKILL'), true);
  await once(child, 'exit');
  await eventually('the other is dead', () => !isAlive(grandchild));
});

test('a group is signalled although its leader may not be', { skip: withoutRoot }, async () => {
  const { result, stderr } = await runFixture('kill-tree-of-another-user.mjs', {});
  assert.deepEqual(result, { asked: true, killed: true, signal: 'SIGKILL' }, stderr);
});

test('signal 0 asks only', async () => {
  const { child } = await family({ processGroup: true });
  assert.equal(child.killTree(0), true);
  assert.equal(child.killed, false);
  child.killTree('SIGKILL');
  await once(child, 'exit');
  assert.equal(child.killTree(0), false);
});

test('killTree without an option that makes a tree is an error that names these options', async () => {
  const leader = safeSpawn('cat', { processGroup: true });
  for (const options of [{}, { processGroup: false }, { processGroup: leader.pid }]) {
    const child = safeSpawn('cat', options);
    assert.throws(() => child.killTree(), {
      code: 'ERR_SAFE_SPAWN_KILL_TREE',
      message: /processGroup.*detached.*cgroup/,
    });
    assert.equal(child.killed, false);
    child.stdin.end();
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  }
  leader.kill();
  await once(leader, 'exit');
});

test('an unknown signal is what child.kill says', async () => {
  const child = safeSpawn('cat', { processGroup: true });
  for (const signal of ['SIGNONE', 99]) {
    const { code, message } = errorOf(() => child.kill(signal));
    assert.throws(() => child.killTree(signal), { code, message });
  }
  child.kill();
  await once(child, 'exit');
});

test('a child that was not started has no tree', async () => {
  const child = safeSpawn('/no/such/program', { processGroup: true });
  assert.equal(child.killTree(), false);
  await once(child, 'error');
  assert.equal(child.killTree(), false);
  assert.equal(child.resourceUsage(), undefined);
});

// ---- kill() --------------------------------------------------------------------------------------------------

test('kill() of a child that is dead and not yet reported goes to nobody else', async () => {
  const child = safeSpawn('true', { stdio: 'ignore' });
  untilDead(child.pid);
  assert.equal(child.kill(0), true);
  const [code] = await once(child, 'exit');
  assert.equal(code, 0);
  assert.equal(child.kill(), false);
});

test('kill() of a child that was reaped and not yet reported goes to nobody', async () => {
  const [first, ...others] = Array.from({ length: 20 }, () => safeSpawn('true', { stdio: 'ignore' }));
  for (const child of [first, ...others]) untilDead(child.pid);
  // The first 'exit' of a turn comes when all that are dead have been reaped.
  const reaped = new Promise((resolve) => {
    first.once('exit', () =>
      resolve(others.filter(({ pid }) => stateOf(pid) === undefined).map((child) => child.kill())),
    );
  });
  const ends = Promise.all(others.map((child) => once(child, 'exit')));
  const results = await reaped;
  assert.ok(results.length > 0);
  assert.ok(results.every((sent) => sent === false));
  await ends;
});

// ---- usage ---------------------------------------------------------------------------------------------------

test('resourceUsage has the names and units of process.resourceUsage, once the child has ended', async () => {
  const script =
    'const end = Date.now() + 150; while (Date.now() < end); console.log(JSON.stringify(process.resourceUsage()))';
  const child = safeSpawn(process.execPath, ['-e', script]);
  assert.equal(child.resourceUsage(), undefined);
  const said = JSON.parse((await child.stdout.toArray()).join(''));
  if (child.exitCode === null) await once(child, 'exit');
  const usage = child.resourceUsage();
  assert.deepEqual(Object.keys(usage), Object.keys(process.resourceUsage()));
  for (const name of ['userCPUTime', 'minorPageFault', 'maxRSS'])
    assert.ok(
      usage[name] >= said[name] && usage[name] < said[name] * 3 + 1e6,
      `${name}: ${usage[name]}, ${said[name]}`,
    );
});

test('resourceUsage is there in the event, and of a child that was killed', async () => {
  const child = safeSpawn('cat');
  const usage = new Promise((resolve) => child.once('exit', () => resolve(child.resourceUsage())));
  child.kill('SIGKILL');
  assert.equal(typeof (await usage).systemCPUTime, 'number');
});

// ---- the object ----------------------------------------------------------------------------------------------

test('the added methods of a child are not enumerable, and can be replaced', async () => {
  const script = scratchPath('none.js');
  for (const child of [
    safeSpawn('true', { stdio: 'ignore' }),
    safeFork(script, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }),
  ]) {
    for (const name of ['killTree', 'resourceUsage']) {
      assert.equal(typeof child[name], 'function');
      assert.ok(!Object.keys(child).includes(name));
      child[name] = name;
      assert.equal(child[name], name);
    }
    await once(child, 'exit');
  }
});

/** Without a turn of the loop, in which the child would be reaped. */
function untilDead(pid) {
  const end = Date.now() + 30_000;
  while (stateOf(pid) !== 'Z') assert.ok(Date.now() < end, `${pid} lives`);
}

function errorOf(action) {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
