/** What can't be right is thrown before anything is started, with the whole name of the option. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { register, safeFork, safeSpawn, safeSpawnSync, setRlimit } from 'safe-spawn';
import { root } from '../helpers/native.mjs';
import { childrenOf } from '../helpers/processes.mjs';

const TYPE = 'ERR_INVALID_ARG_TYPE';
const VALUE = 'ERR_INVALID_ARG_VALUE';
const RANGE = 'ERR_OUT_OF_RANGE';

const fd = openSync('/dev/null');
const [internal] = createRequire(import.meta.url)(join(root, 'dist', 'native', 'addon.js'))
  .addon()
  .internalFds();

const wrong = [
  [{ umask: -1 }, RANGE, 'umask'],
  [{ umask: 0o1000 }, RANGE, 'umask'],
  [{ umask: 1.5 }, RANGE, 'umask'],
  [{ umask: '8' }, VALUE, 'umask'],
  [{ umask: '' }, VALUE, 'umask'],
  [{ umask: '7777' }, RANGE, 'umask'],
  [{ umask: null }, TYPE, 'umask'],
  [{ nice: 20 }, RANGE, 'nice'],
  [{ nice: -21 }, RANGE, 'nice'],
  [{ nice: Number.NaN }, RANGE, 'nice'],
  [{ nice: '5' }, TYPE, 'nice'],
  [{ oomScoreAdj: 1001 }, RANGE, 'oomScoreAdj'],
  [{ oomScoreAdj: -1001 }, RANGE, 'oomScoreAdj'],
  [{ oomScoreAdj: {} }, TYPE, 'oomScoreAdj'],
  [{ groups: 'adm' }, VALUE, 'groups'],
  [{ groups: 5 }, TYPE, 'groups'],
  [{ groups: null }, TYPE, 'groups'],
  [{ groups: [0, -1] }, RANGE, 'groups[1]'],
  [{ groups: [2 ** 32 - 1] }, RANGE, 'groups[0]'],
  [{ groups: [0.5] }, RANGE, 'groups[0]'],
  [{ groups: ['no-such-group'] }, VALUE, 'groups[0]'],
  [{ groups: ['root\0'] }, VALUE, 'groups[0]'],
  [{ groups: [''] }, VALUE, 'groups[0]'],
  [{ groups: [null] }, TYPE, 'groups[0]'],
  [{ groups: 'init', uid: 54_321 }, VALUE, 'groups'],
  [{ uid: 'no-such-user' }, VALUE, 'uid'],
  [{ uid: 'root\0x' }, VALUE, 'uid'],
  [{ uid: '' }, VALUE, 'uid'],
  [{ gid: 'no-such-group' }, VALUE, 'gid'],
  [{ uid: '1000' }, VALUE, 'uid'],
  [{ user: 'no-such-user' }, VALUE, 'user'],
  [{ user: '' }, VALUE, 'user'],
  [{ user: 'root\0' }, VALUE, 'user'],
  [{ user: '0' }, VALUE, 'user'],
  [{ user: 54_321 }, VALUE, 'user'],
  [{ user: 'root', uid: 0 }, VALUE, 'user'],
  [{ user: 'root', uid: 'root' }, VALUE, 'user'],
  [{ user: -1 }, RANGE, 'user'],
  [{ user: 0.5 }, RANGE, 'user'],
  [{ user: 2 ** 32 - 1 }, RANGE, 'user'],
  [{ user: null }, TYPE, 'user'],
  [{ user: ['root'] }, TYPE, 'user'],
  [{ user: 'root', groups: null }, TYPE, 'groups'],
  [{ processGroup: 0 }, RANGE, 'processGroup'],
  [{ processGroup: -5 }, RANGE, 'processGroup'],
  [{ processGroup: 2 ** 31 }, RANGE, 'processGroup'],
  [{ processGroup: 'own' }, TYPE, 'processGroup'],
  [{ processGroup: null }, TYPE, 'processGroup'],
  [{ processGroup: true, detached: true }, VALUE, 'processGroup'],
  [{ processGroup: 5, detached: true }, VALUE, 'processGroup'],
  [{ deathSignal: 'SIGNONE' }, VALUE, 'deathSignal'],
  [{ deathSignal: 0 }, VALUE, 'deathSignal'],
  [{ deathSignal: 65 }, VALUE, 'deathSignal'],
  [{ deathSignal: true }, TYPE, 'deathSignal'],
  [{ noNewPrivileges: 1 }, TYPE, 'noNewPrivileges'],
  [{ noNewPrivileges: null }, TYPE, 'noNewPrivileges'],
  [{ cgroup: 'relative/path' }, VALUE, 'cgroup'],
  [{ cgroup: '' }, VALUE, 'cgroup'],
  [{ cgroup: '/with\0null' }, VALUE, 'cgroup'],
  [{ cgroup: 5 }, TYPE, 'cgroup'],
  [{ pipes: 'fifo' }, VALUE, 'pipes'],
  [{ pipes: true }, TYPE, 'pipes'],
  [{ passFds: fd }, TYPE, 'passFds'],
  [{ passFds: null }, TYPE, 'passFds'],
  [{ passFds: ['3'] }, TYPE, 'passFds[0]'],
  [{ passFds: [-1] }, RANGE, 'passFds[0]'],
  [{ passFds: [2 ** 31] }, RANGE, 'passFds[0]'],
  [{ passFds: [fd, 1.5] }, RANGE, 'passFds[1]'],
  [{ passFds: [fd, 19_999] }, VALUE, 'passFds[1]'],
  [{ passFds: [internal] }, VALUE, 'passFds[0]'],
  [{ passFds: [fd, fd] }, VALUE, 'passFds'],
  [{ passFds: [1] }, VALUE, 'passFds'],
  [{ passFds: [fd], stdio: Array(fd + 1).fill('ignore') }, VALUE, 'passFds'],
  [{ rlimits: { cpu: { soft: 2, hard: 1 } } }, RANGE, 'rlimits.cpu.soft'],
  [{ rlimits: { nofile: { hard: 2n ** 63n } } }, RANGE, 'rlimits.nofile'],
  [{ rlimits: { as: 2n ** 64n } }, RANGE, 'rlimits.as'],
  [{ rlimits: new Map([['nofile', 64]]) }, TYPE, 'rlimits'],
  [{ rlimits: new Set(['nofile']) }, TYPE, 'rlimits'],
  [{ rlimits: [64] }, TYPE, 'rlimits'],
  [{ rlimits: new (class Limits {})() }, TYPE, 'rlimits'],
  [{ rlimits: Object.create({ nofile: 64 }) }, TYPE, 'rlimits'],
  [{ rlimits: Object.create(Object.create(null)) }, TYPE, 'rlimits'],
  [{ rlimits: new Date() }, TYPE, 'rlimits'],
  [{ rlimits: () => 64 }, TYPE, 'rlimits'],
  [{ rlimits: runInNewContext('new Map()') }, TYPE, 'rlimits'],
  [{ rlimits: JSON.parse('{ "__proto__": 1 }') }, VALUE, 'rlimits.__proto__'],
  [{ rlimits: { toString: 1 } }, VALUE, 'rlimits.toString'],
  [{ rlimits: { nofile: new Map([['soft', 64]]) } }, TYPE, 'rlimits.nofile'],
  [{ rlimits: { nofile: [64] } }, TYPE, 'rlimits.nofile'],
  [{ deathSignal: 'toString' }, VALUE, 'deathSignal'],
  [{ groups: new Set([1]) }, TYPE, 'groups'],
  [{ groups: Uint32Array.of(1) }, TYPE, 'groups'],
  [{ passFds: new Set([fd]) }, TYPE, 'passFds'],
];

for (const [options, code, name] of wrong) {
  const shown = inspect(options, { breakLength: Number.POSITIVE_INFINITY });

  test(`${shown} is ${code}, and names options.${name}`, () => {
    const expected = (error) => error.code === code && error.message.includes(`options.${name}`);
    assert.throws(() => safeSpawn('true', [], options), expected);
    assert.throws(() => safeSpawnSync('true', [], options), expected);
    assert.deepEqual(childrenOf(process.pid), []);
  });
}

test('an object of another realm is as good as one of this', () => {
  const rlimits = runInNewContext('({ nofile: { soft: 64 } })');
  assert.equal(String(safeSpawnSync('ulimit -n', { shell: true, rlimits }).stdout), '64\n');
});

test('a value that would count as an empty object is refused outside of launches too', () => {
  assert.throws(() => setRlimit('core', new Map()), { code: TYPE });
  for (const options of [new Map([['umask', 0]]), [], new (class Options {})()])
    assert.throws(() => register(options), { code: TYPE });
});

test('a limit is shown as it was given', () => {
  const nofile = 2_000_000_000;
  assert.throws(
    () => safeSpawn('true', { rlimits: { nofile } }),
    /fs\.nr_open\)\. Received 2_?000_?000_?000$/,
  );
  assert.throws(
    () => safeSpawn('true', { rlimits: { nofile: BigInt(nofile) } }),
    /Received 2_?000_?000_?000n$/,
  );
  assert.throws(
    () => safeSpawn('true', { rlimits: { nofile: { hard: 'unlimited' } } }),
    /Received 'unlimited'$/,
  );
});

test('a number of the channel of a fork is a number of stdio', () => {
  assert.throws(() => safeFork('none.js', { passFds: [3] }), { code: VALUE });
});

for (const uid of [Number.NaN, true, 1.5, 2 ** 32, {}]) {
  test(`the uid ${inspect(uid)}, which is no name, is what child_process says`, () => {
    const { code, message } = errorOf(() => spawn('true', { uid }));
    assert.throws(() => safeSpawn('true', { uid }), { code, message });
  });
}

function errorOf(action) {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
