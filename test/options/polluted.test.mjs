/** What a program has put on the prototype of all objects is no option. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFixture } from '../helpers/fixture.mjs';

const POLLUTION = {
  soft: 7,
  hard: 8,
  rlimits: { nofile: 9 },
  passFds: [0],
  umask: 0o777,
  nice: 7,
  oomScoreAdj: 900,
  groups: [5],
  user: 'nobody',
  processGroup: true,
  deathSignal: 9,
  noNewPrivileges: true,
  cgroup: '/none',
  pipes: 'pipe',
  ulimit: 3,
  uid: 1,
  gid: 1,
  detached: true,
  cwd: '/',
};

for (const isEnumerable of [true, false]) {
  test(`${isEnumerable ? 'enumerable' : 'hidden'} properties of Object.prototype change no child`, async () => {
    const { result, stderr } = await runFixture('polluted-options.mjs', {
      pollution: POLLUTION,
      isEnumerable,
    });
    assert.ok(result !== undefined, stderr);
    const { clean, polluted, warnings } = result;
    assert.deepEqual(polluted, clean);
    assert.deepEqual(warnings, []);
    assert.notEqual(clean.length, 0);
  });
}
