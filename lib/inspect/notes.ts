/** What is worth knowing of a process, and no fault by itself. */
import { isFromParent } from './leaks.js';
import { findHolders } from './pipes.js';
import type { Proc, ProcessStat } from './proc.js';
import type { Link, ProcessTable } from './process-table.js';
import { isNamedInArguments } from './process-table.js';
import type { Descriptor, Note, NoteKind } from './report.js';

/** From here on a close loop to the limit takes milliseconds, and minutes where the limit is a thousand million. */
const SLOW_CLOSE_LOOP = 65_536;
/** FD_SETSIZE: select(2) overwrites memory beyond its sets from this descriptor on. */
const SELECT_END = 1024;
/** A table that large, and this many times larger than what is open, was filled once; each fork still goes through it. */
const LARGE_TABLE = 4096;
const MUCH_LARGER = 16;
/** The inode of the first PID namespace, PROC_PID_INIT_INO. In others, who holds the other end may be out of sight. */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';

/** A note before it is told whose it is. */
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

/** A later child holds what its parent has closed since, but then a sibling that was started next to it does so, too. */
function noteInherited(table: ProcessTable, process: ProcessStat, links: readonly Link[]): Draft[] {
  if (!process.execed) return [];
  const { proc } = table;
  const siblings = neighbours(table, process);
  const inherited = links.filter((link) => {
    if (link.fd <= 2 || link.target === '/dev/null') return false;
    const isShared = siblings.some((sibling) => proc.target(sibling, link.fd) === link.target);
    return (isShared || isFromParent(proc, process, link)) && isUntold(proc, process.pid, link.fd);
  });
  const isLocked = ({ fd }: Link) => /^lock:/m.test(proc.fdInfo(process.pid, fd) ?? '');
  return [...about('inherited', inherited), ...about('inherited-lock', inherited.filter(isLocked))];
}

function isUntold(proc: Proc, pid: number, fd: number): boolean {
  return proc.fdFlags(pid, fd)?.closeOnExec === false && !isNamedInArguments(proc, pid, fd);
}

/** Those children of the same parent that were started just before and just after this one. */
function neighbours({ children }: ProcessTable, { pid, parent }: ProcessStat): number[] {
  const siblings = (children.get(parent) ?? [])
    .filter((sibling) => sibling.execed)
    .map((sibling) => sibling.pid);
  const at = siblings.indexOf(pid);
  return [siblings[at - 1], siblings[at + 1]].filter((sibling) => sibling !== undefined);
}

/** Memory that looks like a file has no name from the start. */
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

/** A daemon leads a session, or is in that of one that lives. */
function noteOrphan({ processes }: ProcessTable, { pid, parent, session }: ProcessStat): Draft[] {
  const isOrphan = parent === 1 && pid !== session && session > 0 && !processes.has(session);
  return isOrphan ? [{ kind: 'orphan', value: null, descriptors: [] }] : [];
}

/** What a process writes to as its stdout and stderr. */
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

/** Of all processes at once, since who reads a pipe takes a walk over all. To be asked only where none was unreadable. */
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
