/** Quotients of medians. */

/** Each result that counts, with its `ratio` to the reference in the same scenario where that counts too. */
export function withRatios({ reference }, results) {
  return results.map((result) => {
    if (result.summary === undefined) return result;
    return { ...result, ratio: ratioOf(result, find(results, [reference, result.scenario])) };
  });
}

/**
 * The comparisons of a question, each with its `ratio`, or undefined where a side of it is missing, the `range` of the
 * ratios of the single rounds, and whether a side is `noisy`.
 */
export function compare({ comparisons = [] }, results) {
  return comparisons.map((comparison) => {
    const sides = [comparison.of, comparison.to].map((side) => find(results, side));
    const noisy = sides.some((side) => side?.summary.noisy);
    return { ...comparison, ratio: ratioOf(...sides), range: rangeOf(...sides), noisy };
  });
}

function find(results, [contender, scenario]) {
  return results.find(
    (result) =>
      result.contender === contender && result.scenario === scenario && result.summary !== undefined,
  );
}

function ratioOf(above, below) {
  return above && below ? above.summary.median / below.summary.median : undefined;
}

/** One round tells nothing about a range. */
function rangeOf(above, below) {
  if (!above || !below || above.rounds.length < 2) return undefined;
  const ratios = above.rounds.map((median, round) => median / below.rounds[round]);
  return [Math.min(...ratios), Math.max(...ratios)];
}
