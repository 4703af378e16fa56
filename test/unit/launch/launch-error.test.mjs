/** An option that the kernel refuses: the step, the code, and words that say what is missing. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { safeSpawn, safeSpawnSync } from 'safe-spawn';
import { failureOf } from '../../helpers/failures.mjs';
import { runFixture } from '../../helpers/fixture.mjs';
import { seccompRunPath } from '../../helpers/native.mjs';
import { childrenOf } from '../../helpers/processes.mjs';
import { withCapSysResource, withoutMountNamespace, withoutRoot } from '../../helpers/requirements.mjs';

/** What somebody without privileges may not have. */
const FORBIDDEN = [
  [{ nice: -5 }, 'nice', 'EACCES', /cannot set nice to -5: requires CAP_SYS_NICE or RLIMIT_NICE >= 25$/],
  [{ groups: [0, 10] }, 'groups', 'EPERM', /cannot set groups to \[0, 10\]: requires CAP_SETGID$/],
  [
    { groups: Array.from({ length: 22 }, (_, id) => id) },
    'groups',
    'EPERM',
    /, 19, and 2 more\]: requires CAP_SETGID$/,
  ],
  [{ groups: [] }, 'groups', 'EPERM', /groups to \[\]: requires CAP_SETGID$/],
  [{ rlimits: { cpu: { soft: 60, hard: 60 } } }, undefined, undefined, undefined],
  [
    { processGroup: 1 },
    'processGroup',
    'EPERM',
    /cannot join process group 1: no such group in this session$/,
  ],
  [{ uid: 0 }, 'uid', 'EPERM', /^spawn EPERM: cannot start true with uid 0: requires CAP_SETUID$/],
  [{ gid: 0 }, 'gid', 'EPERM', /^spawn EPERM: cannot start true with gid 0: requires CAP_SETGID$/],
];

for (const [options, step, code, message] of FORBIDDEN) {
  test(`${JSON.stringify(options)} without privileges is ${code ?? 'no error'}`, async () => {
    const { result } = await runFixture('refused-option.mjs', { options });
    assert.deepEqual([result.step, result.code, result.children], [step, code, 0]);
    if (message) assert.match(result.message, message);
  });
}

test('a hard limit that may not be raised', { skip: withCapSysResource }, async () => {
  const { result } = await runFixture(
    'refused-option.mjs',
    { options: { rlimits: { nofile: 4096 } } },
    {
      launcher: ['--nofile', '1024:1024'],
    },
  );
  assert.deepEqual([result.step, result.code], ['rlimit nofile', 'EPERM']);
  assert.equal(
    result.message,
    'spawn true EPERM: rlimit nofile hard 4096 exceeds the hard limit 1024 and CAP_SYS_RESOURCE is missing',
  );
});

test('oomScoreAdj below the least allowed', { skip: withCapSysResource }, async () => {
  const { code, step, message } = await failureOf(safeSpawn, {
    file: 'true',
    options: { oomScoreAdj: -1000 },
  });
  assert.deepEqual([step, code], ['oomScoreAdj', 'EACCES']);
  assert.match(message, /oomScoreAdj -1000 is below the least allowed and CAP_SYS_RESOURCE is missing$/);
});

test('oomScoreAdj of a process that changed its ids', { skip: withoutRoot }, async () => {
  for (const oomScoreAdj of [500, -1000]) {
    const { result } = await runFixture('refused-option.mjs', { options: { oomScoreAdj } });
    assert.deepEqual([result.step, result.code, result.children], ['oomScoreAdj', 'EACCES', 0]);
    assert.match(result.message, /this process, which is not dumpable since it changed its ids/);
  }
});

for (const [what, make] of [
  ['a file', 'true >'],
  ['a FIFO', 'mkfifo'],
]) {
  test(`oomScoreAdj where ${what} replaces /proc`, { skip: withoutMountNamespace() }, async () => {
    const script = `mkdir /proc/self && ${make} /proc/self/oom_score_adj && chmod 666 /proc/self/* && exec "$@"`;
    const through = [seccompRunPath, 'no-proc', '--', 'sh', '-c', script, 'sh'];
    const { result } = await runFixture('refused-option.mjs', { options: { oomScoreAdj: 500 } }, { through });
    assert.deepEqual([result.step, result.children], ['oomScoreAdj', 0]);
    assert.match(result.message, /oomScoreAdj 500 needs proc\(5\)/);
  });
}

test('oomScoreAdj without /proc', { skip: withoutMountNamespace() }, async () => {
  const through = [seccompRunPath, 'no-proc', '--'];
  const { result } = await runFixture('refused-option.mjs', { options: { oomScoreAdj: 500 } }, { through });
  assert.deepEqual([result.step, result.code], ['oomScoreAdj', 'ENOENT']);
  assert.match(result.message, /oomScoreAdj 500 needs proc\(5\)/);
});

test('a group of another session can not be joined', async () => {
  const leader = safeSpawn('cat', { detached: true });
  const { code, step } = await failureOf(safeSpawn, { file: 'true', options: { processGroup: leader.pid } });
  assert.deepEqual({ code, step }, { code: 'EPERM', step: 'processGroup' });
  leader.stdin.end();
  await once(leader, 'exit');
});

test('a synchronous child has step and message too, and its own syscall', () => {
  const { error, pid } = safeSpawnSync('true', { processGroup: 1 });
  assert.equal(pid, 0);
  assert.deepEqual([error.code, error.step, error.syscall], ['EPERM', 'processGroup', 'spawnSync true']);
  assert.match(error.message, /^spawnSync true EPERM: .*process group 1/);
  assert.deepEqual(childrenOf(process.pid), []);
});
