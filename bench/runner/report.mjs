/** Results as text. */

import { NOISE_BOUND } from './statistics.mjs';
import { formatNumber, formatTable } from './table.mjs';

const NOISY = '!';
const QUIET = ' ';

/** @returns {string} all there is to say about one question */
export function formatReport(question, results, comparisons) {
  return [
    `${question.name}: ${question.title} (${question.unit})`,
    ...question.scenarios.flatMap((scenario) => formatScenario(question, scenario, results)),
    ...formatComparisons(comparisons),
    ...formatLegend(results),
    '',
  ].join('\n');
}

function formatScenario(question, scenario, results) {
  const here = results.filter((result) => result.scenario === scenario.name);
  const counted = here.filter(({ summary }) => summary !== undefined);
  return [
    '',
    scenario.name,
    ...(scenario.note === undefined ? [] : [`  (${scenario.note})`]),
    ...(counted.length === 0 ? [] : formatCounted(question, counted)),
    ...here.filter(({ summary }) => summary === undefined).map((result) => formatMissing(question, result)),
  ];
}

function formatCounted(question, results) {
  const facts = [...new Set(results.flatMap((result) => Object.keys(result.facts)))];
  const head = ['', 'median ', 'quartiles', 'ratio', ...facts, 'samples'];
  return formatTable([head, ...results.map((result) => formatRow(question, result, facts))]);
}

function formatRow({ contenders }, { contender, summary, ratio, facts }, columns) {
  return [
    contenders[contender],
    formatNumber(summary.median) + (summary.noisy ? NOISY : QUIET),
    `${formatNumber(summary.lower)} .. ${formatNumber(summary.upper)}`,
    formatNumber(ratio),
    ...columns.map((name) => String(facts[name] ?? '-')),
    String(summary.samples),
  ];
}

function formatMissing({ contenders }, { contender, unavailable, failed }) {
  const what = failed === undefined ? `not available: ${unavailable}` : `FAILED: ${failed}`;
  return `  ${contenders[contender]}: ${what}`;
}

function formatComparisons(comparisons) {
  if (comparisons.length === 0) return [];
  const haveGoals = comparisons.some(({ atMost, atLeast }) => atMost !== undefined || atLeast !== undefined);
  const head = haveGoals ? ['', 'ratio', 'goal', ''] : ['', 'ratio'];
  const rows = comparisons.map((comparison) => [
    comparison.label,
    formatNumber(comparison.ratio),
    ...(haveGoals ? formatGoal(comparison) : []),
  ]);
  return ['', ...formatTable([head, ...rows])];
}

/** What was to be reached, and whether it was. */
export function formatGoal({ ratio, atMost, atLeast }) {
  if (atMost === undefined && atLeast === undefined) return ['', ''];
  const bound = atMost === undefined ? `>= ${atLeast}` : `<= ${atMost}`;
  if (ratio === undefined) return [bound, 'unknown'];
  const reached = atMost === undefined ? ratio >= atLeast : ratio <= atMost;
  return [bound, reached ? 'reached' : 'missed'];
}

function formatLegend(results) {
  if (!results.some(({ summary }) => summary?.noisy)) return [];
  return ['', `${NOISY} noisy: the quartiles lie more than ${NOISE_BOUND * 100} % of the median apart`];
}
