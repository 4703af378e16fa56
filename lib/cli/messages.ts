/** What a finding and a note mean, and what to do. */
import type { Finding, Note, NoteKind } from '../inspect/index.js';

const STDIO = ['stdin', 'stdout', 'stderr'];

export function headline({ kind, process: { name, pid }, fd, target, address, blocked }: Finding): string {
  const who = `${name} ${pid}`;
  const stream = `its ${STDIO[fd]}, ${target}`;
  switch (kind) {
    case 'self-held-pipe':
      if (blocked)
        return `${who} hangs in write(${fd}): ${stream}, is full, and nobody but itself can read it`;
      if (fd === 0) return `${who} will get no end of input: nobody but itself can write to ${stream}`;
      return `${who} will hang in write(${fd}): nobody but itself can read ${stream}`;
    case 'leaked-end':
      return `${who} holds both ends of ${stream}`;
    case 'leaked-listener':
      return `${who} keeps ${address} busy: it holds the listening socket of its parent`;
    case 'leaked-terminal':
      return `${who} keeps a terminal from hanging up: it holds the master of its parent`;
  }
}

/** Pairs of a word and what it is about. */
export function advice({ kind, process: { pid, parent }, fd, holders }: Finding): [string, string][] {
  const other = holders.find(
    (holder) => holder.pid === pid && holder.fd > 2 && holder.access !== (fd === 0 ? 'r' : 'w'),
  );
  const leaked = kind === 'self-held-pipe' || kind === 'leaked-end' ? other?.fd : fd;
  const cure = `${parent === 1 ? 'whoever started it' : `process ${parent}`} has to start it with safe-spawn, or to mark fd ${leaked} close-on-exec`;
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
        ? 'all is well until the other writers end: it will not be told'
        : 'all is well until the reader ends: it will not be told, and hang once the pipe is full';
    case 'leaked-listener':
      return `nothing else can listen there until ${pid} ends`;
    case 'leaked-terminal':
      return `what runs in that terminal gets no SIGHUP until ${pid} ends`;
  }
}

const NOTES: Record<NoteKind, (note: Note) => string> = {
  inheritable: (note) => `its next child gets ${list(note)}`,
  inherited: (note) => `it was started with ${list(note)}`,
  'inherited-lock': (note) => `it was started with a lock that lasts until it ends: ${list(note)}`,
  'deleted-file': (note) => `deleted, and not gone from the disk: ${list(note)}`,
  'high-limit': ({ value }) => `soft limit of ${value} descriptors: a loop that closes all is slow`,
  'above-limit': (note) =>
    `above its limit of ${note.value}, where a loop that closes all does not get to: ${list(note)}`,
  'above-select': (note) => `too high for select(): ${list(note)}`,
  'large-table': ({ value }) => `room for ${value} descriptors, of which few are open: each fork copies it`,
  'no-reader': (note) => `nobody reads ${list(note)}: the next write fails with EPIPE`,
  zombies: ({ value }) => `${value} of its children are dead and not waited for`,
  orphan: () => 'the process that started it is gone',
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
