/** The words that the addon gets for launch options. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';

const require = createRequire(import.meta.url);
const { encodeRequest } = require('../../../dist/launch/encode-request.js');
const { readLaunchConfig } = require('../../../dist/options/read-launch-config.js');

const REQUEST = {
  file: 'true',
  args: ['true'],
  envPairs: ['A=1'],
  cwd: undefined,
  stdio: [],
  detached: false,
};

function encode(options, request = REQUEST) {
  const config = readLaunchConfig(Object.assign(Object.create(null), options), false);
  const { rlimits, attributes, cgroup, header, strings } = encodeRequest(request, [], config);
  return {
    rlimits: rlimits && [...rlimits],
    attributes: attributes && [...attributes],
    cgroup,
    header: [...header],
    strings,
  };
}

test('a launch without launch options has neither limits nor attributes', () => {
  for (const options of [{}, { rlimits: {}, pipes: 'socket' }, { processGroup: false, nice: undefined }]) {
    assert.deepEqual(encode(options), {
      rlimits: undefined,
      attributes: undefined,
      cgroup: undefined,
      header: [0, 0, 0, 1, 1, 0],
      strings: 'true\0\0true\0A=1\0',
    });
  }
});

describe('each limit is its resource, the halves that are set, soft, and hard', () => {
  const UNLIMITED = 2n ** 64n - 1n;
  const limits = [
    ['both halves', { nofile: 64 }, [7n, 3n, 64n, 64n]],
    ['the soft half', { nofile: { soft: 64 } }, [7n, 1n, 64n, 0n]],
    ['the hard half', { core: { hard: 'unlimited' } }, [4n, 2n, 0n, UNLIMITED]],
    ['several', { cpu: 1, rttime: 2 }, [0n, 3n, 1n, 1n, 15n, 3n, 2n, 2n]],
    ['one beside one that is inherited', { cpu: 'inherit', core: 0 }, [4n, 3n, 0n, 0n]],
    ['only inherited ones', { cpu: 'inherit', core: {} }, undefined],
  ];
  for (const [what, rlimits, expected] of limits) {
    test(what, () => assert.deepEqual(encode({ rlimits }).rlimits, expected));
  }
});

describe('the attributes are bits for those that are given, five numbers, and the groups', () => {
  const attributes = [
    [{ umask: 0 }, [1, 0, 0, 0, 0, 0]],
    [{ umask: '027' }, [1, 0o27, 0, 0, 0, 0]],
    [{ nice: -5 }, [2, 0, -5, 0, 0, 0]],
    [{ oomScoreAdj: 500 }, [4, 0, 0, 500, 0, 0]],
    [{ processGroup: true }, [8, 0, 0, 0, 0, 0]],
    [{ processGroup: 42 }, [8, 0, 0, 0, 42, 0]],
    [{ groups: [] }, [16, 0, 0, 0, 0, 0]],
    [{ groups: [7, 2 ** 32 - 2] }, [16, 0, 0, 0, 0, 0, 7, -2]],
    [{ noNewPrivileges: true }, [32, 0, 0, 0, 0, 0]],
    [{ noNewPrivileges: false }, undefined],
    [{ deathSignal: 'SIGKILL' }, [0, 0, 0, 0, 0, 9]],
    [{ umask: 1, nice: 2, groups: [3], deathSignal: 4 }, [1 | 2 | 16, 1, 2, 0, 0, 4, 3]],
  ];
  for (const [options, expected] of attributes) {
    test(JSON.stringify(options), () => assert.deepEqual(encode(options).attributes, expected));
  }
});

test('the option user gives the ids and the groups, and groups replaces the latter', () => {
  const [flags, uid, gid] = encode({ user: 'root' }, { ...REQUEST, uid: undefined, gid: 5 }).header;
  assert.deepEqual([flags, uid, gid], [2 | 4, 0, 0]);
  assert.equal(encode({ user: 'root' }).attributes[0], 16);
  assert.deepEqual(encode({ user: 'root', groups: 'init' }), encode({ user: 'root' }));
  assert.deepEqual(encode({ user: 'root', groups: [9] }).attributes, [16, 0, 0, 0, 0, 0, 9]);
});
