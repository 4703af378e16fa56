/** The report in words. */
import type { Finding, Holder, Report } from '../inspect/index.js';

const STDIO = ['stdin', 'stdout', 'stderr'];

export function printReport({ findings, processes }: Report): string {
  return [...findings.map(printFinding), printCount(findings, processes)].join('\n');
}

function printFinding(finding: Finding): string {
  const { process: it } = finding;
  const lines = [headline(finding), '', ...draw(finding), '', `  command: ${it.command || it.name}`];
  lines.push(
    `  parent:  ${it.parent === 1 ? '1, for the one that started it is gone' : it.parent}`,
    `  state:   ${it.state}`,
  );
  lines.push(...advise(finding).map((line) => `  ${line}`), '');
  return lines.join('\n');
}

function headline({ kind, process: { name, pid }, fd, target, blocked }: Finding): string {
  const stream = `${STDIO[fd]}, ${target}`;
  if (blocked)
    return `${name} ${pid} hangs: it waits in write(${fd}) on its ${stream}, which is full, and which only itself could read`;
  if (kind === 'self-held-pipe' && fd === 0)
    return `${name} ${pid} gets no end of input: only itself can write to its ${stream}`;
  if (kind === 'self-held-pipe') return `${name} ${pid} will hang: only itself could read its ${stream}`;
  if (fd === 0) return `${name} ${pid} holds the write end of its own ${stream}`;
  return `${name} ${pid} holds the read end of its own ${stream}`;
}

/** Writers to the left of what they share, readers to the right. */
function draw({ target, holders }: Finding): string[] {
  const place = (holder: Holder) => `${holder.name}:${holder.pid} fd ${holder.fd}`;
  const writers = holders.filter(({ access }) => access !== 'r').map(place);
  const readers = holders.filter(({ access }) => access !== 'w').map(place);
  const width = Math.max(...writers.map((writer) => writer.length));
  const rows = Math.max(writers.length, readers.length);
  return Array.from({ length: rows }, (_, row) => {
    const left = writers[row] === undefined ? ' '.repeat(width + 4) : `${writers[row].padEnd(width)} ──▶`;
    const middle = row === 0 ? target : ' '.repeat(target.length);
    return `  ${left} ${middle} ${readers[row] === undefined ? '' : `──▶ ${readers[row]}`}`.trimEnd();
  });
}

function advise({ kind, process: { pid }, fd, holders }: Finding): string[] {
  const own = holders.find(
    (holder) => holder.pid === pid && holder.fd > 2 && holder.access !== (fd === 0 ? 'r' : 'w'),
  );
  const start = 'cure:    start it with safe-spawn, or mark the descriptors of its supervisor close-on-exec';
  if (kind === 'leaked-end')
    return [`leaked:  fd ${own?.fd}, which makes it hang when the other process ends`, start];
  if (fd === 0) return [`now:     kill ${pid}`, start];
  return [
    `now:     cat /proc/${pid}/fd/${own?.fd} lets it run on as long as cat runs, or kill ${pid}`,
    start,
  ];
}

function printCount(findings: readonly Finding[], { seen, unreadable }: Report['processes']): string {
  const found = findings.length === 0 ? 'nothing found' : `${findings.length} found`;
  const hidden = unreadable > 0 ? `, ${unreadable} of other users could not be read` : '';
  return `${found} in ${seen} processes${hidden}\n`;
}
