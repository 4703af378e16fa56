/** The benchmark's own machinery: numbers that are read by people have to be right. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseCommandLine } from '../../bench/runner/command-line.mjs';
import { compare, withRatios } from '../../bench/runner/compare.mjs';
import { measure } from '../../bench/runner/measure.mjs';
import { loadQuestions } from '../../bench/runner/questions.mjs';
import { quantile, summarize } from '../../bench/runner/statistics.mjs';
import { formatNumber, formatTable } from '../../bench/runner/table.mjs';

const bench = fileURLToPath(new URL('../../bench/index.mjs', import.meta.url));
const fixture = new URL('../fixtures/bench-question.mjs', import.meta.url).href;

function runBench(...args) {
  return spawnSync(process.execPath, [bench, ...args], { encoding: 'utf8' });
}

test('quantiles are interpolated between neighbours', () => {
  assert.equal(quantile([7], 0.5), 7);
  assert.equal(quantile([1, 2, 3, 4], 0.5), 2.5);
  assert.equal(quantile([0, 10], 0.25), 2.5);
  assert.equal(quantile([1, 2, 3], 0), 1);
  assert.equal(quantile([1, 2, 3], 1), 3);
});

test('a summary sorts by value, leaves its input alone, and marks a wide spread', () => {
  const values = [100, 9, 10, 11, 10];
  const { samples, lower, median, upper, noisy } = summarize(values);
  assert.deepEqual(
    { samples, lower, median, upper, noisy },
    { samples: 5, lower: 10, median: 10, upper: 11, noisy: false },
  );
  assert.deepEqual(values, [100, 9, 10, 11, 10]);
  assert.equal(summarize([5, 10, 15]).spread, 0.5);
  assert.equal(summarize([5, 10, 15]).noisy, true);
  assert.equal(summarize([-15, -10, -5]).noisy, true, 'differences may be negative');
  assert.throws(() => summarize([]), RangeError);
});

test('ratios are quotients of medians in the same scenario, and missing where a side is missing', () => {
  const at = (contender, scenario, median, rounds) => ({
    contender,
    scenario,
    summary: { median, noisy: median > 8 },
    rounds,
  });
  const results = [
    at('a', 'x', 2, [1, 2]),
    at('b', 'x', 6, [6, 7]),
    at('b', 'y', 9, [7, 9]),
    { contender: 'a', scenario: 'y', failed: 'died: SIGKILL' },
  ];
  const rated = withRatios({ reference: 'a' }, results);
  assert.deepEqual(
    rated.map(({ ratio }) => ratio),
    [1, 3, undefined, undefined],
  );

  const comparisons = [
    { of: ['b', 'y'], to: ['b', 'x'] },
    { of: ['a', 'y'], to: ['a', 'x'] },
  ];
  const [of, missing] = compare({ comparisons }, results);
  assert.equal(of.ratio, 1.5);
  assert.deepEqual(of.range, [7 / 6, 9 / 7], 'round by round');
  assert.equal(of.noisy, true, 'one of its sides is');
  assert.equal(missing.noisy, false);
  assert.equal(missing.ratio, undefined);
  assert.equal(missing.range, undefined);
});

test('numbers keep three digits, and columns line up', () => {
  assert.deepEqual([0.01534, 1, 99.96, 1234567.8, undefined].map(formatNumber), [
    '0.0153',
    '1.00',
    '100',
    '1,234,568',
    '-',
  ]);
  assert.deepEqual(
    formatTable([
      ['', 'median'],
      ['long name', '1'],
    ]),
    ['             median', '  long name       1'],
  );
});

test('a contender that throws, dies or is not available is reported and never counted', async () => {
  const { default: question } = await import(fixture);
  const effort = { rounds: 2, samples: 3, milliseconds: 60_000 };
  const results = await measure({ ...question, name: 'fixture', href: fixture }, effort, () => undefined);
  const byContender = Object.fromEntries(results.map((result) => [result.contender, result]));

  assert.equal(byContender.steady.summary.samples, 6);
  assert.deepEqual(byContender.steady.facts, { colour: 'blue' });
  for (const contender of ['throws', 'dies', 'exits']) {
    assert.equal(byContender[contender].summary, undefined, contender);
    assert.equal(typeof byContender[contender].failed, 'string', contender);
  }
  assert.match(byContender.dies.failed, /SIGKILL/);
  assert.equal(byContender.absent.unavailable, 'not on this machine');
  assert.equal(byContender.absent.summary, undefined);
});

test('contenders are measured in processes of their own, except where a question wants them together', async () => {
  const { default: question } = await import(fixture);
  const effort = { rounds: 1, samples: 1, milliseconds: 60_000 };
  const pids = async (processOf) => {
    const contenders = { processId: '', otherProcessId: '' };
    const asked = { ...question, contenders, processOf, name: 'fixture', href: fixture };
    return (await measure(asked, effort, () => undefined)).map(({ facts }) => facts.pid);
  };

  const [first, second] = await pids(undefined);
  assert.notEqual(first, second);
  const [one, other] = await pids(() => 'the same');
  assert.equal(one, other);
});

test('--list names every question', async () => {
  const { status, stdout } = runBench('--list');
  assert.equal(status, 0);
  const names = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(' ')[0]);
  assert.deepEqual(
    names,
    (await loadQuestions()).map(({ name }) => name),
  );
  assert.ok(names.includes('open-fds') && names.includes('close-loop'));
});

test('an unknown question gets the list and exit code 2', () => {
  const { status, stdout, stderr } = runBench('close-loop', 'nonsense');
  assert.equal(status, 2);
  assert.equal(stdout, '');
  assert.match(stderr, /nonsense/);
  assert.match(stderr, /open-fds/);
});

test('--rounds and --milliseconds take the place of what a question has for them', () => {
  assert.deepEqual(parseCommandLine(['--rounds=2', '--milliseconds=30', '--quick'], []).effort, {
    rounds: 2,
    milliseconds: 30,
  });
  assert.deepEqual(parseCommandLine([], []).effort, {});
  assert.deepEqual(parseCommandLine(['--rounds=many'], []).unknown, ['--rounds=many']);
  assert.deepEqual(parseCommandLine(['--rounds'], []).unknown, ['--rounds=true']);
  const { status, stdout } = runBench('--quick', '--rounds=2', '--contenders=ours', '--json', 'child-memory');
  assert.equal(status, 0);
  assert.equal(JSON.parse(stdout).answers[0].results[0].rounds.length, 2);
});

test('an unknown option or contender is unknown too', () => {
  assert.equal(runBench('--nonsense').status, 2);
  assert.equal(runBench('--contenders=ours,nonsense', 'sync').status, 2);
});

test('--contenders leaves out the others, and what is compared with them', () => {
  const { asked, unknown } = parseCommandLine(
    ['--contenders=a,b'],
    [
      {
        name: 'question',
        contenders: { a: 'A', b: 'B', c: 'C' },
        comparisons: [
          { of: ['a', 'x'], to: ['b', 'x'] },
          { of: ['a', 'x'], to: ['c', 'x'] },
        ],
      },
    ],
  );
  assert.deepEqual(unknown, []);
  assert.deepEqual(asked[0].contenders, { a: 'A', b: 'B' });
  assert.deepEqual(asked[0].comparisons, [{ of: ['a', 'x'], to: ['b', 'x'] }]);
});

/** Returns what finds a result of a quick run by contender and scenario. */
function runQuickly(question, ...options) {
  const { status, stdout, stderr } = runBench('--quick', '--json', ...options, question);
  assert.equal(status, 0, stderr);
  const [{ results }] = JSON.parse(stdout).answers;
  return (contender, scenario) =>
    results.find((result) => result.contender === contender && result.scenario === scenario);
}

test('a quick run measures the close loop, and sees what each way leaks', (t) => {
  const result = runQuickly('close-loop', '--contenders=nothing,loop,procSelfFd,core');
  const { unavailable } = result('nothing', 'limit 1,024');
  if (unavailable !== undefined) return t.skip(unavailable);
  assert.ok(result('nothing', 'limit 1,024').facts.leaks > 0);
  assert.equal(result('procSelfFd', 'limit 1,024').facts.leaks, 0);
  assert.equal(result('core', 'limit 1,024').facts.leaks, 0);
  assert.ok(result('loop', 'limit 1,048,576').summary.median > result('loop', 'limit 1,024').summary.median);
});

test('a quick run starts the programs of three supervisors, and sees what each leaks', (t) => {
  const result = runQuickly('supervisors');
  const { unavailable } = result('childProcess', 'limit 1,024');
  if (unavailable !== undefined) return t.skip(unavailable);
  assert.ok(result('childProcess', 'limit 1,024').facts.leaks > 0);
  assert.equal(result('ours', 'limit 1,048,576').facts.leaks, 0);

  const [few, many] = ['limit 1,024', 'limit 1,048,576'].map((limit) => result('supervisord', limit));
  if (few.unavailable !== undefined) return t.skip(few.unavailable);
  assert.ok(many.summary.median > few.summary.median);
});
