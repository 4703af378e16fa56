/** What docs/benchmarks.md is made with. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { formatDocument } from '../../bench/report/markdown.mjs';
import { pagesOf } from '../../bench/report/pages.mjs';
import { plotsOf } from '../../bench/report/plots.mjs';
import { formatSummary } from '../../bench/report/summary.mjs';
import { cellsOf, loadQuestions } from '../../bench/runner/questions.mjs';
import { scratchDirectory } from '../helpers/scratch.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const report = join(root, 'bench/report');
const withoutEcharts = existsSync(join(report, 'node_modules/echarts'))
  ? false
  : 'needs echarts (npm install --prefix bench/report)';

const machine = {
  date: '2000-01-02T03:04:05Z',
  node: 'v20.0.0',
  kernel: '6.1',
  processor: 'Z80',
  processors: 1,
  memory: 2 ** 30,
  hardLimit: '4096',
  versions: { python: 'Python 3' },
};

const counts = [1, 10, 100];

function counted(contender, count, median, noisy = false) {
  return {
    contender,
    scenario: `${count} things`,
    summary: { median, noisy },
    ratio: 1,
    facts: { leaks: 0 },
  };
}

const run = {
  name: 'here',
  machine,
  quick: false,
  answers: [
    {
      question: 'things',
      title: 'many things',
      unit: 'microseconds',
      axis: 'things',
      contenders: { ours: 'Ours', theirs: 'Theirs', absent: 'Absent' },
      reference: 'theirs',
      scenarios: counts.map((count) => ({
        name: `${count} things`,
        plot: { name: 'blocked', x: count, label: String(count) },
      })),
      results: [
        ...counts.map((count) => counted('ours', count, 5)),
        ...counts.map((count) => counted('theirs', count, 1000 * count, true)),
        { contender: 'absent', scenario: '1 things', unavailable: 'not installed' },
        { contender: 'absent', scenario: '10 things', failed: 'died: SIGKILL' },
      ],
      comparisons: [
        { label: 'few', ratio: 0.005, range: [0.004, 0.006], atMost: 0.01 },
        { label: 'many', ratio: 2, noisy: true, atLeast: 3 },
        { label: 'none', atMost: 1 },
      ],
    },
  ],
};

test('a table has a row for each contender that was counted and a column for each scenario', () => {
  const lines = formatDocument([run], [], () => '').split('\n');
  assert.ok(lines.includes('| blocked, microseconds | 1 | 10 | 100 |'));
  assert.ok(lines.includes('| Ours | 5.00<br>leaks 0 | 5.00<br>leaks 0 | 5.00<br>leaks 0 |'));
  assert.ok(lines.includes('| Theirs | 1,000!<br>leaks 0 | 10,000!<br>leaks 0 | 100,000!<br>leaks 0 |'));
  assert.ok(!lines.some((line) => line.startsWith('| Absent')));
});

test('the document says what was not measured, and why', () => {
  const lines = formatDocument([run], [], () => '').split('\n');
  assert.ok(lines.includes('- Absent is not in it: not installed'));
  assert.ok(lines.includes('- Absent, 10 things: FAILED: died: SIGKILL'));
});

test('a bound holds, is broken, or is unknown if a side is missing', () => {
  const lines = formatDocument([run], [], () => '').split('\n');
  assert.ok(lines.includes('| things | few | 0.00500 | 0.00400 .. 0.00600 | <= 0.01 | holds |'));
  assert.ok(lines.includes('| things | many | 2.00! |  | >= 3 | broken |'));
  assert.ok(lines.includes('| things | none | - |  | <= 1 | unknown |'));
});

test('an emulated machine shows only bounds that are meant for one', () => {
  const comparisons = [
    { label: 'few', ratio: 2, atMost: 1 },
    { label: 'many', ratio: 2, atMost: 1, emulated: true },
  ];
  const emulated = {
    ...run,
    machine: { ...machine, emulated: true },
    answers: [{ ...run.answers[0], comparisons }],
  };
  const lines = formatDocument([emulated], [], () => '').split('\n');
  assert.ok(lines.includes('| things | few | 2.00 |  |  |  |'));
  assert.ok(lines.includes('| things | many | 2.00 |  | <= 1 | broken |'));
});

test('the document can be made from the output of a run', () => {
  const args = [join(root, 'bench/index.mjs'), '--quick', '--json', 'child-memory'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const text = formatDocument([{ name: 'quick', ...JSON.parse(stdout) }], [], () => '');
  assert.match(text, /^\| bytes \| 0 \| 100 \| 1,000 \|/m);
  assert.match(text, /^\| safe-spawn \| \d+<br>FDSize \d+ \|/m);
});

test('one command makes the document and the plots that it shows', { skip: withoutEcharts }, () => {
  const project = scratchDirectory();
  const [results, docs] = ['results', 'docs'].map((name) => join(project, name));
  mkdirSync(results);
  mkdirSync(join(docs, 'plots'), { recursive: true });
  writeFileSync(join(docs, 'plots', 'of-an-earlier-run.svg'), '');
  writeFileSync(join(results, 'here.json'), JSON.stringify(run));

  const made = spawnSync(process.execPath, [join(report, 'index.mjs'), results, project], {
    encoding: 'utf8',
  });

  assert.equal(made.status, 0, made.stderr);
  assert.deepEqual(readdirSync(join(docs, 'plots')), ['here-things-blocked.svg']);
  assert.match(readFileSync(join(docs, 'benchmarks.md'), 'utf8'), /\]\(plots\/here-things-blocked\.svg\)/);
  const svg = readFileSync(join(docs, 'plots', 'here-things-blocked.svg'), 'utf8');
  assert.match(svg, /^<svg /);
  for (const text of ['many things, blocked', 'things', 'microseconds', 'Ours', 'Theirs']) {
    assert.ok(svg.includes(`>${text}<`), text);
  }
  assert.ok(!svg.includes('>Absent<'));
});

test('the summary has the multiples of a whole run, and two of its plots', async (t) => {
  const medians = { childProcess: 8000, loop: 600, ours: 2000 };
  const answers = (await loadQuestions()).map((question) => ({
    ...question,
    question: question.name,
    results: cellsOf(question).map(({ contender, scenario }) => ({
      contender,
      scenario: scenario.name,
      summary: { median: medians[contender] ?? 1 },
    })),
  }));
  const open = answers.find(({ question }) => question === 'open-fds');
  if (!open.scenarios.some(({ descriptors }) => descriptors === 19_000)) {
    return t.skip('needs a hard limit of 20,000 descriptors');
  }
  const whole = { name: 'whole', machine, answers };

  const lines = formatSummary(whole, plotsOf(whole), ({ file }) => file).split('\n');

  assert.ok(
    lines.includes('| for how long a launch blocks the thread | 8.00 ms | 2.00 ms | 4.00 times less |'),
  );
  assert.ok(lines.includes('| programs a second, 64 at once | 8,000 | 2,000 | 4.00 times less |'));
  assert.equal(lines.filter((line) => /^!\[.*\]\(whole-.*\.svg\)$/.test(line)).length, 2);
  assert.throws(() => formatSummary({ ...whole, answers: [open] }, [], () => ''), /whole lacks/);
});

test('README.md and docs/benchmarks.md say what bench/results say, and their plots are there', () => {
  const { pages, plots } = pagesOf(join(root, 'bench/results'), root);
  for (const { path, text } of pages) assert.equal(readFileSync(path, 'utf8'), text, path);
  assert.deepEqual(readdirSync(join(root, 'docs/plots')).sort(), plots.map(({ file }) => file).sort());
});
