import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { nofileLimits } from '../../helpers/processes.mjs';

const require = createRequire(import.meta.url);
const { rlimitFailureMessage, readRlimits, resourceName } = require('../../../dist/options/rlimits.js');

const UNLIMITED = 2n ** 64n - 1n;
const NOFILE = 7;

function read(rlimits) {
  return [...readRlimits(rlimits)].map(([resource, { soft, hard }]) => [resource, soft, hard]);
}

test('each resource has the number that the kernel lists it by', () => {
  // The kernel writes the limits in the order of their numbers.
  const names = {
    'Max cpu time': 'cpu',
    'Max file size': 'fsize',
    'Max data size': 'data',
    'Max stack size': 'stack',
    'Max core file size': 'core',
    'Max resident set': 'rss',
    'Max processes': 'nproc',
    'Max open files': 'nofile',
    'Max locked memory': 'memlock',
    'Max address space': 'as',
    'Max file locks': 'locks',
    'Max pending signals': 'sigpending',
    'Max msgqueue size': 'msgqueue',
    'Max nice priority': 'nice',
    'Max realtime priority': 'rtprio',
    'Max realtime timeout': 'rttime',
  };
  const lines = readFileSync('/proc/self/limits', 'utf8').trim().split('\n').slice(1);
  assert.equal(lines.length, Object.keys(names).length);
  lines.forEach((line, number) => {
    const [, name] = Object.entries(names).find(([label]) => line.startsWith(label));
    assert.equal(resourceName(number), name);
  });
});

describe('a setting is read as the two halves of each limit', () => {
  const settings = [
    ['a number', { nofile: 64 }, ['nofile', 64n, 64n]],
    ['zero', { core: 0 }, ['core', 0n, 0n]],
    ['a bigint', { as: 2n ** 40n }, ['as', 2n ** 40n, 2n ** 40n]],
    ['the largest safe integer', { as: Number.MAX_SAFE_INTEGER }, ['as', 2n ** 53n - 1n, 2n ** 53n - 1n]],
    ['unlimited', { core: 'unlimited' }, ['core', UNLIMITED, UNLIMITED]],
    ['RLIM_INFINITY', { core: UNLIMITED }, ['core', UNLIMITED, UNLIMITED]],
    ['the soft half', { nofile: { soft: 64 } }, ['nofile', 64n, undefined]],
    ['the hard half', { nofile: { hard: 64 } }, ['nofile', undefined, 64n]],
    ['both halves', { nofile: { soft: 64, hard: 128n } }, ['nofile', 64n, 128n]],
    ['halves that are equal', { nofile: { soft: 64, hard: 64 } }, ['nofile', 64n, 64n]],
    ['an unlimited half', { core: { soft: 0, hard: 'unlimited' } }, ['core', 0n, UNLIMITED]],
    ['a half that is undefined', { core: { soft: 0, hard: undefined } }, ['core', 0n, undefined]],
    ['several', { cpu: 1, rttime: 2 }, ['cpu', 1n, 1n], ['rttime', 2n, 2n]],
    ['nothing', {}],
    ['undefined', { nofile: undefined }, ['nofile', undefined, undefined]],
    ['inherit', { nofile: 'inherit' }, ['nofile', undefined, undefined]],
    ['no halves', { nofile: {} }, ['nofile', undefined, undefined]],
  ];
  for (const [what, rlimits, ...expected] of settings) {
    test(what, () => assert.deepEqual(read(rlimits), expected));
  }
});

describe('a setting that is refused is named in full', () => {
  const refused = [
    [null, 'ERR_INVALID_ARG_TYPE', '"options.rlimits"'],
    [[], 'ERR_INVALID_ARG_TYPE', '"options.rlimits"'],
    [new Map([['nofile', 64]]), 'ERR_INVALID_ARG_TYPE', '"options.rlimits"'],
    ['nofile', 'ERR_INVALID_ARG_TYPE', '"options.rlimits"'],
    [{ nofiles: 1 }, 'ERR_INVALID_ARG_VALUE', "'options.rlimits.nofiles'"],
    [{ NOFILE: 1 }, 'ERR_INVALID_ARG_VALUE', "'options.rlimits.NOFILE'"],
    [{ nofile: null }, 'ERR_INVALID_ARG_TYPE', '"options.rlimits.nofile"'],
    [{ nofile: true }, 'ERR_INVALID_ARG_TYPE', '"options.rlimits.nofile"'],
    [{ nofile: [1] }, 'ERR_INVALID_ARG_TYPE', '"options.rlimits.nofile"'],
    [{ nofile: '64' }, 'ERR_INVALID_ARG_VALUE', "'options.rlimits.nofile'"],
    [{ nofile: -1 }, 'ERR_OUT_OF_RANGE', '"options.rlimits.nofile"'],
    [{ nofile: -1n }, 'ERR_OUT_OF_RANGE', '"options.rlimits.nofile"'],
    [{ nofile: 1.5 }, 'ERR_OUT_OF_RANGE', '"options.rlimits.nofile"'],
    [{ nofile: Number.NaN }, 'ERR_OUT_OF_RANGE', '"options.rlimits.nofile"'],
    [{ core: Number.POSITIVE_INFINITY }, 'ERR_OUT_OF_RANGE', '"options.rlimits.core"'],
    [{ core: 2 ** 53 }, 'ERR_OUT_OF_RANGE', '"options.rlimits.core"'],
    [{ core: 2n ** 64n }, 'ERR_OUT_OF_RANGE', '"options.rlimits.core"'],
    [{ nofile: { soft: null } }, 'ERR_INVALID_ARG_TYPE', '"options.rlimits.nofile.soft"'],
    [{ nofile: { hard: 'inherit' } }, 'ERR_INVALID_ARG_VALUE', "'options.rlimits.nofile.hard'"],
    [{ nofile: { soft: 1, limit: 2 } }, 'ERR_INVALID_ARG_VALUE', "'options.rlimits.nofile.limit'"],
    [{ nofile: { soft: 65, hard: 64 } }, 'ERR_OUT_OF_RANGE', '"options.rlimits.nofile.soft"'],
    [{ core: { soft: 'unlimited', hard: 64 } }, 'ERR_OUT_OF_RANGE', '"options.rlimits.core.soft"'],
  ];
  for (const [rlimits, code, name] of refused) {
    test(`${code} for ${name}`, () => {
      assert.throws(
        () => readRlimits(rlimits),
        (error) => error.code === code && error.message.includes(name),
      );
    });
  }
});

test('nofile above fs.nr_open is refused, and the highest value itself is not', () => {
  const maximum = BigInt(readFileSync('/proc/sys/fs/nr_open', 'utf8').trim());
  assert.deepEqual(read({ nofile: maximum }), [['nofile', maximum, maximum]]);
  assert.deepEqual(read({ nofile: { soft: 1, hard: maximum } }), [['nofile', 1n, maximum]]);
  for (const nofile of [maximum + 1n, 'unlimited', { hard: maximum + 1n }, { soft: maximum + 1n }]) {
    assert.throws(() => readRlimits({ nofile }), { code: 'ERR_OUT_OF_RANGE' });
  }
});

describe('a limit that the kernel refuses is explained', () => {
  const { soft, hard } = nofileLimits();
  const explain = (nofile) => rlimitFailureMessage(NOFILE, readRlimits({ nofile }));

  test('a hard limit that is raised', () => {
    const explanation = explain(hard + 1);
    for (const part of ['rlimit nofile hard', String(hard + 1), String(hard), 'CAP_SYS_RESOURCE']) {
      assert.ok(explanation.includes(part), explanation);
    }
  });

  test('a soft limit above the hard one that is kept', () => {
    const explanation = explain({ soft: hard + 1 });
    for (const part of ['rlimit nofile soft', String(hard + 1), String(hard)]) {
      assert.ok(explanation.includes(part), explanation);
    }
  });

  test('a hard limit below the soft one that is kept', () => {
    const explanation = explain({ hard: 1 });
    for (const part of ['rlimit nofile hard 1', String(soft)])
      assert.ok(explanation.includes(part), explanation);
  });

  test('anything else by its name alone', () => {
    assert.equal(explain(1), 'rlimit nofile');
    assert.equal(rlimitFailureMessage(NOFILE, undefined), 'rlimit nofile');
  });
});
