/** Messages that explain findings and notes, with advice. */
import type { Finding, Note, NoteKind } from '../inspect/index.js';

const STDIO = ['stdin', 'stdout', 'stderr'];

export function headline({ kind, process: { name, pid }, fd, target, address, blocked }: Finding): string {
  const who = `${name} ${pid}`;
  const stream = `its ${STDIO[fd]}, ${target}`;
  switch (kind) {
    case 'self-held-pipe':
      if (blocked)
        return `${who} hangs in write(${fd}): ${stream}, is full, and no other process can read it`;
      if (fd === 0) return `${who} never gets the end of its input: no other process can write to ${stream}`;
      return `${who} will hang in write(${fd}): no other process can read ${stream}`;
    case 'leaked-end':
      return `${who} holds both ends of ${stream}`;
    case 'leaked-listener':
      return `${who} keeps ${address} busy: it holds the listening socket of its parent`;
    case 'leaked-terminal':
      return `${who} keeps a terminal from hanging up: it holds the terminal's master, which its parent opened`;
  }
}

/** Returns pairs of a label and its text. */
export function advice({ kind, process: { pid, parent }, fd, holders }: Finding): [string, string][] {
  const other = holders.find(
    (holder) => holder.pid === pid && holder.fd > 2 && holder.access !== (fd === 0 ? 'r' : 'w'),
  );
  const leaked = kind === 'self-held-pipe' || kind === 'leaked-end' ? other?.fd : fd;
  const starter = parent === 1 ? `the program that starts ${pid}` : `process ${parent}`;
  const cure = `${starter} must start it with safe-spawn, or set close-on-exec on fd ${leaked}`;
  return [
    ['now', remedy(kind, pid, fd, leaked)],
    ['cure', cure],
  ];
}

function remedy(kind: Finding['kind'], pid: number, fd: number, leaked: number | undefined): string {
  switch (kind) {
    case 'self-held-pipe':
      return fd === 0 ? `kill ${pid}` : `kill ${pid}, or let it run on with: cat /proc/${pid}/fd/${leaked}`;
    case 'leaked-end':
      return fd === 0
        ? 'no effect yet; when the other writers exit, this process waits forever for the end of its input'
        : 'no effect yet; when the reader exits, this process gets no SIGPIPE and hangs as soon as the pipe is full';
    case 'leaked-listener':
      return `no other process can listen there until ${pid} exits`;
    case 'leaked-terminal':
      return `processes in that terminal get no SIGHUP until ${pid} exits`;
  }
}

const NOTES: Record<NoteKind, (note: Note) => string> = {
  inheritable: (note) => `its next child inherits ${list(note)}`,
  inherited: (note) => `it inherited ${list(note)}`,
  'inherited-lock': (note) => `it inherited a lock that lasts until it exits: ${list(note)}`,
  'deleted-file': (note) => `deleted files that still take up space on the disk: ${list(note)}`,
  'high-limit': ({ value }) => `soft limit of ${value} descriptors: a loop that closes all of them is slow`,
  'above-limit': (note) =>
    `above its soft limit of ${note.value}, so that a loop that closes all does not reach them: ${list(note)}`,
  'above-select': (note) => `too high for select(): ${list(note)}`,
  'large-table': ({ value }) =>
    `descriptor table with room for ${value}, of which few are open: each fork copies it`,
  'no-reader': (note) => `no process reads ${list(note)}: the next write fails with EPIPE`,
  zombies: ({ value }) => `${value} of its children are zombies`,
  orphan: () => 'it is an orphan: the process that started it has exited',
};

export function noteText(note: Note): string {
  return NOTES[note.kind](note);
}

const MOST_LISTED = 8;

function list({ descriptors }: Note): string {
  const listed = descriptors.slice(0, MOST_LISTED).map(({ fd, target }) => `${fd} ${target}`);
  const more = descriptors.length - listed.length;
  return [...listed, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
