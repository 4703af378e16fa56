/** Plain text tables. */

/** Three significant digits, and no fraction from 100 up. */
export function formatNumber(value) {
  if (value === undefined) return '-';
  return value >= 99.95 ? formatCount(Math.round(value)) : value.toPrecision(3);
}

/** A number, with a mark if it is noisy and a space if it is not, so that columns line up. */
export function marked(text, noisy) {
  return text + (noisy ? '!' : ' ');
}

/** Of microseconds, in the unit that suits it. */
export function formatDuration(microseconds) {
  const [unit, size] = [
    ['s', 1e6],
    ['ms', 1e3],
  ].find(([, size]) => microseconds >= size) ?? ['µs', 1];
  return `${formatNumber(microseconds / size)} ${unit}`;
}

export function formatCount(count) {
  return count.toLocaleString('en-US');
}

/** The place of a scenario on the line `name` of a plot. A logarithmic axis has no zero: `own` is what is always there. */
export function countPoint(name, count, own = 0) {
  return { name, x: count + own, label: formatCount(count) };
}

/** Rows of equal length; the first `left` columns are aligned to the left, the others to the right. */
export function formatTable(rows, left = 1) {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const align = (text, column) =>
    column < left ? text.padEnd(widths[column]) : text.padStart(widths[column]);
  return rows.map((row) => `  ${row.map(align).join('  ')}`.trimEnd());
}
