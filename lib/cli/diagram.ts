import type { Finding, Holder } from '../inspect/index.js';

/** Draws the holders of a pipe, its writers on the left and its readers on the right. Other holders are all on the left. */
export function drawDiagram({ kind, target, address, holders }: Finding): string[] {
  const isPipe = kind === 'self-held-pipe' || kind === 'leaked-end';
  const left = holders.filter(({ access }) => !isPipe || access !== 'r').map(place);
  const right = holders.filter(({ access }) => isPipe && access !== 'w').map(place);
  const middle = address === null ? target : `${target} ${address}`;
  const width = Math.max(...left.map((holder) => holder.length));
  const rows = Math.max(left.length, right.length);
  return Array.from({ length: rows }, (_, row) => {
    const from = left[row] === undefined ? ' '.repeat(width + 4) : `${left[row].padEnd(width)} ──▶`;
    const to = right[row] === undefined ? '' : `──▶ ${right[row]}`;
    return `${from} ${row === 0 ? middle : ' '.repeat(middle.length)} ${to}`.trimEnd();
  });
}

function place({ name, pid, fd }: Holder): string {
  return `${name}:${pid} fd ${fd}`;
}
