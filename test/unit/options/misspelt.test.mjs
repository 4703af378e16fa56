/** A misspelt option would be ignored, and the program run without what it asks for. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import * as inPlace from 'safe-spawn/child_process';
import { runFixture } from '../../helpers/fixture.mjs';
import { childrenOf } from '../../helpers/processes.mjs';

const require = createRequire(import.meta.url);
const library = require('safe-spawn');

/** Each with the right name. */
const MISSPELT = {
  rlimits: [
    ...[
      'rlimit',
      'RLimits',
      'r_limits',
      'ulimit',
      'ulimits',
      'limit',
      'limits',
      'rLimit',
      'rlimits ',
      '\trlimits',
    ],
    ...[
      'resourceLimits',
      'resource_limits',
      'setrlimit',
      'LimitNOFILE',
      'LimitAS',
      'RLIMIT_NOFILE',
      'rlimitCore',
    ],
    ...['nofile', 'NOFILE', 'nproc', 'maxOpenFiles'],
  ],
  passFds: [
    'keepFd',
    'keep_fds',
    'keepfds',
    'keepFDs',
    'pass-fds',
    'keepFds',
    'pass_fds',
    'inheritFds',
    ' passFds ',
  ],
  umask: ['uMask', 'u_mask', 'UMASK', 'umasks'],
  nice: ['Nice', 'niceness', 'renice'],
  oomScoreAdj: ['oom_score_adj', 'oomScoreAdjust', 'OOMScoreAdjust', 'oomscoreadj', 'oomAdj'],
  groups: [
    ...[
      'Groups',
      'extra_groups',
      'supplementaryGroups',
      'setgroups',
      'setGroups',
      'initgroups',
      'initGroups',
    ],
    ...[
      'initialGroups',
      'supplementaryGids',
      'supplementary_gids',
      'additionalGroups',
      'groupAdd',
      'group_add',
    ],
  ],
  gid: ['GID', 'Gid', 'groupId', 'group', 'groupName', 'rgid', 'runAsGroup', 'gid '],
  uid: ['UID', 'Uid', 'userId', 'user_id', 'setuid', 'ruid', 'uid\n'],
  user: ['User', 'username', 'userName', 'runAs', 'users', 'asUser', 'user '],
  processGroup: [
    'process_group',
    'processgroup',
    'processGroups',
    'pgid',
    'pgrp',
    'setpgid',
    'newProcessGroup',
  ],
  deathSignal: [
    'death_signal',
    'deathSig',
    'pdeathsig',
    'pdeathSignal',
    'parentDeathSignal',
    'parent-death-sig',
    'PR_SET_PDEATHSIG',
    'dieWithParent',
    'killOnParentExit',
  ],
  noNewPrivileges: ['noNewPrivilege', 'no_new_privileges', 'no_new_privs', 'PR_SET_NO_NEW_PRIVS'],
  cgroup: ['cGroup', 'cgroups', 'c_group', 'cgroupPath', 'cgroupDir', 'cgroup_dir', 'cgroupv2path'],
  pipes: ['pipe', 'Pipes'],
  detached: ['Detached', 'setsid', 'start_new_session'],
};

/** Options of others, by where they are listed: the documentation or the source of each. */
const FOREIGN = {
  'Node, child_process.md of 20 to 26': [
    ...['argv0', 'cwd', 'detached', 'encoding', 'env', 'execArgv', 'execPath', 'gid', 'input', 'killSignal'],
    ...['maxBuffer', 'serialization', 'shell', 'signal', 'silent', 'stdio', 'timeout', 'uid', 'windowsHide'],
    ...['windowsVerbatimArguments'],
  ],
  'Node, internals and cluster': ['args', 'envPairs', 'exec', 'file', 'inspectPort', 'windowsHideConsole'],
  'test:integration, the keys of every call of its programs that are not listed above': [
    ...['all', 'buffer', 'cancelSignal', 'cleanup', 'extendEnv', 'forceKillAfterDelay', 'gracefulCancel'],
    ...[
      'inputFile',
      'ipc',
      'ipcInput',
      'lines',
      'localDirectory',
      'node',
      'nodePath',
      'piped',
      'preferLocal',
    ],
    ...[
      'reject',
      'stderr',
      'stdin',
      'stdioString',
      'stdout',
      'stripFinalNewline',
      'timeoutDuration',
      'verbose',
    ],
  ],
  'execa 9, those that it takes': ['inputFile', 'localDir', 'nodeOptions', 'stripEof', 'cancelSignal', 'all'],
  'cross-spawn 7, foreground-child 3, nodemon 3': [
    'forceShell',
    'originalPath',
    'ext',
    'watch',
    'ignoreRoot',
  ],
  '@npmcli/promise-spawn 8, run-script 9, git 6': [
    ...['stdioString', 'event', 'path', 'scriptShell', 'cmd', 'pkg', 'banner', 'binPaths', 'fetchRetries'],
    ...['isGitRepo', 'gitSpawn', 'umask', 'ignoreScripts', 'userAgent', 'globalPrefix'],
  ],
  'jest-worker 29, tinypool 1': ['forkOptions', 'maxRetries', 'childWorkerPath', 'workerId'],
  'pm2 6': ['pm_id', 'pm_exec_path', 'exec_mode', 'instances', 'kill_timeout', 'namespace', 'node_args'],
};

const FUNCTIONS = {
  safeSpawn: ['true', []],
  safeExec: ['true'],
  safeExecFile: ['true', []],
  safeFork: ['none.js', []],
  safeSpawnSync: ['true', []],
  safeExecSync: ['true'],
  safeExecFileSync: ['true', []],
};

for (const [right, names] of Object.entries(MISSPELT)) {
  test(`a name that is meant for ${right} is refused, and the message names the right one`, () => {
    for (const name of names) {
      const expected = (error) =>
        error.code === 'ERR_INVALID_ARG_VALUE' &&
        error.message.startsWith(`The property 'options.${name}' is not an option: use `) &&
        error.message.includes(`'${right}'`);
      for (const [launch, parameters] of Object.entries(FUNCTIONS))
        assert.throws(() => library[launch](...parameters, { [name]: 1 }), expected, `${launch} ${name}`);
      assert.throws(() => library.register({ [name]: 1 }), { code: 'ERR_INVALID_ARG_VALUE' });
    }
    assert.throws(() => library.safeSpawn('true', { [names[0]]: 1 }), { code: 'ERR_INVALID_ARG_VALUE' });
    assert.deepEqual(childrenOf(process.pid), []);
  });
}

test('there is nothing like preexec_fn', () => {
  for (const name of ['preexec_fn', 'preexecFn', 'preExec', 'beforeExec'])
    assert.throws(
      () => library.safeSpawn('true', { [name]() {} }),
      /options\.\w+' is not an option: JavaScript cannot run/,
    );
});

for (const [source, names] of Object.entries(FOREIGN)) {
  test(`options of ${source} are none`, () => {
    const { whyMisspelt } = require('../../../dist/options/misspelt.js');
    for (const name of names) assert.equal(whyMisspelt(name), undefined, name);
  });
}

test('only own enumerable properties that have a value count', () => {
  const options = Object.create({ ulimit: 1 }, { pdeathsig: { value: 9, enumerable: false } });
  Object.assign(options, { limits: undefined, [Symbol('pgid')]: 1, constructor: 1, toString: 1, __proto: 1 });
  assert.equal(library.safeSpawnSync('true', options).status, 0);
});

test('a promise is refused as the call is', () => {
  const { promisify } = require('node:util');
  assert.throws(() => promisify(library.safeExecFile)('true', [], { ulimit: 1 }), /use 'rlimits'/);
});

test('safe-spawn/child_process and register() warn once of each name, and start the program', async () => {
  const { result } = await runFixture('misspelt-in-place.mjs');
  assert.deepEqual(result, {
    statuses: Array(16).fill(0),
    warnings: [
      "options.ulimit is not an option: use 'rlimits'. It has no effect on the child process",
      "options.pass_fds is not an option: use 'passFds'. It has no effect on the child process",
    ],
    codes: ['SAFE_SPAWN_MISSPELT_OPTION'],
  });
});

test('a right name next to the wrong one prevents the warning', async () => {
  const child = inPlace.spawn('true', { umask: 0o22, workerId: 1 });
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});
