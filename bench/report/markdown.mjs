/** Runs as a document. */

import { claimRows } from '../runner/claims.mjs';
import { NOISE_BOUND } from '../runner/statistics.mjs';
import { formatNumber, marked } from '../runner/table.mjs';
import { countedResult, groupsOf } from './groups.mjs';

const GIGABYTE = 2 ** 30;

/** How many of the columns of claims are words. */
const WORDS = 2;

/**
 * @param {object[]} runs what `npm run bench -- --json` printed, each with a name
 * @param {object[]} plots those of all runs
 * @param {(plot: object) => string} addressOf
 */
export function formatDocument(runs, plots, addressOf) {
  return [
    '# Benchmarks',
    '',
    'Made by `npm run bench:report` from `bench/results`. How it is measured, and how to repeat it, is told in',
    '[bench/README.md](../bench/README.md). Cells are medians, and below them what else was found;',
    `\`!\` means that the quartiles lie more than ${NOISE_BOUND * 100} % of the median apart.`,
    ...runs.flatMap((run) => formatRun(run, plots, addressOf)),
    '',
  ].join('\n');
}

function formatRun(run, plots, addressOf) {
  return [
    '',
    `## ${run.name}`,
    '',
    formatMachine(run.machine),
    ...(run.quick ? ['', 'A quick run, for a first look only.'] : []),
    ...(run.machine.emulated
      ? ['', 'The processor is emulated: absolute times mean nothing, ratios are the point.']
      : []),
    ...formatTable(claimRows(run), WORDS),
    ...run.answers.flatMap((answer) =>
      formatAnswer(
        answer,
        plots.filter((plot) => plot.run === run.name && plot.question === answer.question),
        addressOf,
      ),
    ),
  ];
}

function formatMachine({ date, processor, processors, memory, kernel, hardLimit, node, versions }) {
  const parts = [
    `${processors} x ${processor}`,
    `${Math.round(memory / GIGABYTE)} GB`,
    `Linux ${kernel}`,
    `hard limit of ${hardLimit} descriptors`,
    `Node ${node}`,
    ...Object.entries(versions).map(([name, version]) => `${name}: ${version}`),
  ];
  return `${date.slice(0, 10)}; ${parts.join('; ')}.`;
}

function formatAnswer(answer, plots, addressOf) {
  return [
    '',
    `### ${answer.question}: ${answer.title}`,
    ...groupsOf(answer).flatMap((group) => [
      ...plots
        .filter(({ name }) => name === group.name)
        .flatMap((plot) => ['', `![${plot.title}](${addressOf(plot)})`]),
      ...formatGroup(answer, group),
    ]),
    ...formatNotes(answer),
  ];
}

function formatGroup(answer, { name, scenarios }) {
  const caption = name === undefined || name === answer.title ? answer.unit : `${name}, ${answer.unit}`;
  const contenders = Object.keys(answer.contenders).filter((contender) =>
    scenarios.some((scenario) => countedResult(answer, contender, scenario)),
  );
  return formatTable([
    [caption, ...scenarios.map(({ name, plot }) => plot?.label ?? name)],
    ...contenders.map((contender) => [
      answer.contenders[contender],
      ...scenarios.map((scenario) => formatCell(countedResult(answer, contender, scenario))),
    ]),
  ]);
}

function formatCell(result) {
  if (result === undefined) return '';
  const { summary, facts } = result;
  const others = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  const median = marked(formatNumber(summary.median), summary.noisy);
  return others.length === 0 ? median : `${median.trimEnd()}<br>${others.join(', ')}`;
}

function formatNotes({ scenarios, results, contenders }) {
  const notes = scenarios.flatMap(({ name, note }) => (note === undefined ? [] : [`${name}: ${note}`]));
  const missing = results.flatMap(({ contender, scenario, unavailable, failed }) => {
    if (failed !== undefined) return [`${contenders[contender]}, ${scenario}: FAILED: ${failed}`];
    return unavailable === undefined ? [] : [`${contenders[contender]} is not in it: ${unavailable}`];
  });
  const lines = [...new Set([...notes, ...missing])];
  return lines.length === 0 ? [] : ['', ...lines.map((line) => `- ${line}`)];
}

/** The first columns are aligned to the left, the others to the right. */
export function formatTable([head, ...rows], left = 1) {
  if (head === undefined) return [];
  const line = (cells) => `| ${cells.map((cell) => cell.trimEnd()).join(' | ')} |`;
  return ['', line(head), line(head.map((_, column) => (column < left ? '---' : '---:'))), ...rows.map(line)];
}
