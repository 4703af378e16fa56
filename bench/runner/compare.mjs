/** Quotients of medians. */

/** Each result that counts, with its `ratio` to the reference in the same scenario where that counts too. */
export function withRatios({ reference }, results) {
  return results.map((result) => {
    if (result.summary === undefined) return result;
    return {
      ...result,
      ratio: quotient(results, [result.contender, result.scenario], [reference, result.scenario]),
    };
  });
}

/** The comparisons of a question, each with its `ratio`, or undefined where a side of it is missing. */
export function compare({ comparisons = [] }, results) {
  return comparisons.map((comparison) => ({
    ...comparison,
    ratio: quotient(results, comparison.of, comparison.to),
  }));
}

function quotient(results, of, to) {
  const [above, below] = [of, to].map(([contender, scenario]) =>
    results.find((result) => result.contender === contender && result.scenario === scenario),
  );
  return above?.summary && below?.summary ? above.summary.median / below.summary.median : undefined;
}
