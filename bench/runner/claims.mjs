/** What it all comes to: the quotients of medians that matter, of all questions. */

import { formatNumber, marked } from './table.mjs';

const CLAIMS = 'the claims, as quotients of medians';

/** Rows of text, the first of which names the columns; none at all if the answers compare nothing. */
export function claimRows({ machine, answers }) {
  const rows = answers.flatMap(({ question, comparisons }) =>
    comparisons.map((comparison) => [question, comparison.label, ...formatClaim(comparison, machine)]),
  );
  return rows.length === 0 ? [] : [['', CLAIMS, 'ratio', 'over the rounds', 'bound', ''], ...rows];
}

function formatClaim({ ratio, range, noisy, ...bounds }, machine) {
  return [
    marked(formatNumber(ratio), noisy),
    range?.map(formatNumber).join(' .. ') ?? '',
    ...formatBound(ratio, bounds, machine),
  ];
}

/** The bound against regression, and the verdict. Bounds are for real machines, except with `emulated`. */
function formatBound(ratio, { atMost, atLeast, emulated }, machine) {
  if (atMost === undefined && atLeast === undefined) return ['', ''];
  if (machine.emulated && !emulated) return ['', ''];
  const bound = atMost === undefined ? `>= ${atLeast}` : `<= ${atMost}`;
  if (ratio === undefined) return [bound, 'unknown'];
  const holds = atMost === undefined ? ratio >= atLeast : ratio <= atMost;
  return [bound, holds ? 'holds' : 'broken'];
}
