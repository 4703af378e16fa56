/** Results as text. */

import { claimRows } from './claims.mjs';
import { NOISE_BOUND } from './statistics.mjs';
import { formatNumber, formatTable, marked } from './table.mjs';

/** How many of the columns of claims are words. */
const LEFT = 2;

/** @returns {string} what was measured for one question */
export function formatReport(question, results) {
  return [
    `${question.name}: ${question.title} (${question.unit})`,
    ...question.scenarios.flatMap((scenario) => formatScenario(question, scenario, results)),
    ...formatLegend(results),
    '',
  ].join('\n');
}

/** @returns {string} */
export function formatClaims(run) {
  return formatTable(claimRows(run), LEFT).join('\n');
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
    marked(formatNumber(summary.median), summary.noisy),
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

function formatLegend(results) {
  if (!results.some(({ summary }) => summary?.noisy)) return [];
  return ['', `! noisy: the quartiles lie more than ${NOISE_BOUND * 100} % of the median apart`];
}
