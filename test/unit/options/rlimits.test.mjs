import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { nofileLimits } from '../../helpers/processes.mjs';

const require = createRequire(import.meta.url);
const { rlimitFailureMessage, normalizeRlimits, resourceName } = require('../../../dist/options/rlimits.js');

const UNLIMITED = 2n ** 64n - 1n;
const [SOFT, HARD, BOTH] = [1n, 2n, 3n];
const NOFILE = 7n;

function quadruples(rlimits) {
  const words = normalizeRlimits(rlimits);
  return words && [...words];
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

describe('a setting as the addon takes it', () => {
  const settings = [
    ['a number', { nofile: 64 }, [NOFILE, BOTH, 64n, 64n]],
    ['zero', { core: 0 }, [4n, BOTH, 0n, 0n]],
    ['a bigint', { as: 2n ** 40n }, [9n, BOTH, 2n ** 40n, 2n ** 40n]],
    ['the largest safe integer', { as: Number.MAX_SAFE_INTEGER }, [9n, BOTH, 2n ** 53n - 1n, 2n ** 53n - 1n]],
    ['unlimited', { core: 'unlimited' }, [4n, BOTH, UNLIMITED, UNLIMITED]],
    ['RLIM_INFINITY', { core: UNLIMITED }, [4n, BOTH, UNLIMITED, UNLIMITED]],
    ['the soft half', { nofile: { soft: 64 } }, [NOFILE, SOFT, 64n, 0n]],
    ['the hard half', { nofile: { hard: 64 } }, [NOFILE, HARD, 0n, 64n]],
    ['both halves', { nofile: { soft: 64, hard: 128n } }, [NOFILE, BOTH, 64n, 128n]],
    ['halves that are equal', { nofile: { soft: 64, hard: 64 } }, [NOFILE, BOTH, 64n, 64n]],
    ['an unlimited half', { core: { soft: 0, hard: 'unlimited' } }, [4n, BOTH, 0n, UNLIMITED]],
    ['a half that is undefined', { core: { soft: 0, hard: undefined } }, [4n, SOFT, 0n, 0n]],
    ['several', { cpu: 1, rttime: 2 }, [0n, BOTH, 1n, 1n, 15n, BOTH, 2n, 2n]],
    ['nothing', {}, undefined],
    ['undefined', { nofile: undefined }, undefined],
    ['inherit', { nofile: 'inherit' }, undefined],
    ['no halves', { nofile: {} }, undefined],
  ];
  for (const [what, rlimits, expected] of settings) {
    test(what, () => assert.deepEqual(quadruples(rlimits), expected));
  }

  test('no rlimits at all', () => assert.equal(quadruples(undefined), undefined));
});

describe('a setting that is refused is named in full', () => {
  const refused = [
    [null, 'ERR_INVALID_ARG_TYPE', '"options.rlimits"'],
    [[], 'ERR_INVALID_ARG_TYPE', '"options.rlimits"'],
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
        () => normalizeRlimits(rlimits),
        (error) => error.code === code && error.message.includes(name),
      );
    });
  }
});

test('nofile above fs.nr_open is refused, and the highest value itself is not', () => {
  const maximum = BigInt(readFileSync('/proc/sys/fs/nr_open', 'utf8').trim());
  assert.deepEqual(quadruples({ nofile: maximum }), [NOFILE, BOTH, maximum, maximum]);
  assert.deepEqual(quadruples({ nofile: { soft: 1, hard: maximum } }), [NOFILE, BOTH, 1n, maximum]);
  for (const nofile of [maximum + 1n, 'unlimited', { hard: maximum + 1n }, { soft: maximum + 1n }]) {
    assert.throws(() => normalizeRlimits({ nofile }), { code: 'ERR_OUT_OF_RANGE' });
  }
});

describe('a limit that the kernel refuses is explained', () => {
  const { soft, hard } = nofileLimits();
  const explain = (nofile) => rlimitFailureMessage(Number(NOFILE), normalizeRlimits({ nofile }));

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
    assert.equal(rlimitFailureMessage(Number(NOFILE), undefined), 'rlimit nofile');
  });
});
