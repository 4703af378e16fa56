/** Collects facts about a process that are worth knowing but are not faults by themselves. */
import { isFromParent } from './leaks.js';
import { findHolders } from './pipes.js';
import type { Proc, ProcessStat } from './proc.js';
import type { Link, ProcessTable } from './process-table.js';
import { isNamedInArguments } from './process-table.js';
import type { Descriptor, Note, NoteKind } from './report.js';

/** Above this limit, a loop that closes every number takes milliseconds; with a limit of 1,000,000,000 it takes minutes. */
const SLOW_CLOSE_LOOP = 65_536;
/** FD_SETSIZE. With this descriptor or a higher one, select(2) overwrites memory beyond its sets. */
const SELECT_END = 1024;
/** A table of this size is reported if it has over MUCH_LARGER times as many entries as are open, since each fork copies it. */
const LARGE_TABLE = 4096;
const MUCH_LARGER = 16;
/** The initial PID namespace, by its inode PROC_PID_INIT_INO. In others, the holder of the other end may be invisible. */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';

/** A note without its process. */
export type Draft = Omit<Note, 'process'>;

export function collectNotes(table: ProcessTable, process: ProcessStat, links: readonly Link[]): Draft[] {
  const { proc } = table;
  return [
    ...noteInheritable(proc, process, links),
    ...noteInherited(table, process, links),
    ...noteDeleted(links),
    ...noteLimits(proc, process, links),
    ...noteZombies(table, process),
    ...noteOrphan(table, process),
  ];
}

function noteInheritable(proc: Proc, { pid }: ProcessStat, links: readonly Link[]): Draft[] {
  return about(
    'inheritable',
    links.filter(({ fd }) => fd > 2 && proc.fdFlags(pid, fd)?.closeOnExec === false),
  );
}

/** Compares with the siblings too, since the parent may have closed the descriptor after it started both. */
function noteInherited(table: ProcessTable, process: ProcessStat, links: readonly Link[]): Draft[] {
  if (!process.execed) return [];
  const { proc } = table;
  const siblings = neighbours(table, process);
  const inherited = links.filter((link) => {
    if (link.fd <= 2 || link.target === '/dev/null') return false;
    const isShared = siblings.some((sibling) => proc.target(sibling, link.fd) === link.target);
    return (isShared || isFromParent(proc, process, link)) && isUnexpected(proc, process.pid, link.fd);
  });
  const isLocked = ({ fd }: Link) => /^lock:/m.test(proc.fdInfo(process.pid, fd) ?? '');
  return [...about('inherited', inherited), ...about('inherited-lock', inherited.filter(isLocked))];
}

function isUnexpected(proc: Proc, pid: number, fd: number): boolean {
  return proc.fdFlags(pid, fd)?.closeOnExec === false && !isNamedInArguments(proc, pid, fd);
}

/** Returns the children of the same parent that were started directly before and after this one. */
function neighbours({ children }: ProcessTable, { pid, parent }: ProcessStat): number[] {
  const siblings = (children.get(parent) ?? [])
    .filter((sibling) => sibling.execed)
    .map((sibling) => sibling.pid);
  const at = siblings.indexOf(pid);
  return [siblings[at - 1], siblings[at + 1]].filter((sibling) => sibling !== undefined);
}

/** Skips memory that /proc shows as a deleted file, such as memfds and shared memory: it never had a name on a disk. */
function noteDeleted(links: readonly Link[]): Draft[] {
  const isFile = (target: string) => target.startsWith('/') && !/^\/(memfd:|dev\/|SYSV|\[aio\])/.test(target);
  return about(
    'deleted-file',
    links.filter(({ target }) => target.endsWith(' (deleted)') && isFile(target)),
  );
}

function noteLimits(proc: Proc, { pid }: ProcessStat, links: readonly Link[]): Draft[] {
  const soft = Number(/^Max open files +(\d+)/m.exec(proc.text(pid, 'limits') ?? '')?.[1]);
  const size = Number(/^FDSize:\s*(\d+)$/m.exec(proc.text(pid, 'status') ?? '')?.[1]);
  const isLarge = size >= LARGE_TABLE && size > MUCH_LARGER * links.length;
  return [
    ...(soft > SLOW_CLOSE_LOOP ? [{ kind: 'high-limit', value: soft, descriptors: [] } as const] : []),
    ...about(
      'above-limit',
      links.filter(({ fd }) => fd >= soft),
      soft,
    ),
    ...about(
      'above-select',
      links.filter(({ fd }) => fd >= SELECT_END),
      SELECT_END,
    ),
    ...(isLarge ? [{ kind: 'large-table', value: size, descriptors: [] } as const] : []),
  ];
}

function noteZombies({ children }: ProcessTable, { pid }: ProcessStat): Draft[] {
  const zombies = (children.get(pid) ?? []).filter(({ state }) => state === 'Z').length;
  return zombies > 0 ? [{ kind: 'zombies', value: zombies, descriptors: [] }] : [];
}

/** Returns a note for an orphan that is no daemon. A daemon leads a session, or the leader of its session is alive. */
function noteOrphan({ processes }: ProcessTable, { pid, parent, session }: ProcessStat): Draft[] {
  const isOrphan = parent === 1 && pid !== session && session > 0 && !processes.has(session);
  return isOrphan ? [{ kind: 'orphan', value: null, descriptors: [] }] : [];
}

/** The pipes that a process has as its stdout and stderr. */
export interface Output {
  readonly process: ProcessStat;
  readonly pipes: readonly Link[];
}

export function outputOf(process: ProcessStat, links: readonly Link[]): Output {
  return {
    process,
    pipes: links.filter(({ fd, target }) => STDOUT_STDERR.includes(fd) && target.startsWith('pipe:')),
  };
}

const STDOUT_STDERR = [1, 2];

/**
 * Returns notes on pipes without a reader, for all processes at once, since a search for readers goes through all of them.
 * Call it only if every process was readable: otherwise a reader may have been missed.
 */
export function collectReaderNotes(table: ProcessTable, outputs: readonly Output[]): [ProcessStat, Draft][] {
  const targets = new Set(outputs.flatMap(({ pipes }) => pipes.map(({ target }) => target)));
  if (targets.size === 0 || table.proc.link(process.pid, 'ns/pid') !== FIRST_PID_NAMESPACE) return [];
  const holders = findHolders(table, targets);
  const hasReader = ({ target }: Link) => holders.get(target)?.some(({ access }) => access !== 'w') ?? false;
  return outputs.flatMap(({ process: writer, pipes }) => {
    const drafts = about(
      'no-reader',
      pipes.filter((pipe) => !hasReader(pipe)),
    );
    return drafts.map((draft): [ProcessStat, Draft] => [writer, draft]);
  });
}

function about(kind: NoteKind, descriptors: readonly Descriptor[], value: number | null = null): Draft[] {
  return descriptors.length > 0 ? [{ kind, value, descriptors }] : [];
}
