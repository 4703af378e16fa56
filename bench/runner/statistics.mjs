/** Numbers about numbers. */

/** A spread above this is marked in the tables: half of the samples lie further apart than a quarter of the median. */
export const NOISE_BOUND = 0.25;

/** The quantile `p` (0..1) of values in ascending order, interpolated between neighbours. */
export function quantile(sorted, p) {
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const above = Math.ceil(position);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

export function median(values) {
  return quantile(ascending(values), 0.5);
}

/** Median and quartiles; `spread` is the distance of the quartiles as a part of the median. */
export function summarize(values) {
  if (values.length === 0) throw new RangeError('no values to summarize');
  const sorted = ascending(values);
  const [lower, median, upper] = [0.25, 0.5, 0.75].map((p) => quantile(sorted, p));
  const spread = (upper - lower) / Math.abs(median);
  return { samples: sorted.length, lower, median, upper, spread, noisy: spread > NOISE_BOUND };
}

function ascending(values) {
  return Float64Array.from(values).sort();
}
