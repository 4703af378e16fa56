/** Plain text tables. */

/** Three significant digits, and no fraction from 100 up. */
export function formatNumber(value) {
  if (value === undefined) return '-';
  return value >= 99.95 ? formatCount(Math.round(value)) : value.toPrecision(3);
}

export function formatCount(count) {
  return count.toLocaleString('en-US');
}

/** The place of a scenario on the line `name` of a plot. A logarithmic axis has no zero: `own` is what is always there. */
export function countPoint(name, count, own = 0) {
  return { name, x: count + own, label: formatCount(count) };
}

/** Rows of equal length; the first column is aligned to the left, the others to the right. */
export function formatTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    `  ${row.map((text, column) => align(text, widths[column], column)).join('  ')}`.trimEnd(),
  );
}

function align(text, width, column) {
  return column === 0 ? text.padEnd(width) : text.padStart(width);
}
