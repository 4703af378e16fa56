/** Finds pipes whose only reader is their writer, or will be once the intended reader exits. */
import type { FdAccess } from '../util/procfs-fds.js';
import { blockedWriter, isInPoll, isWaitedOn, readCount } from './blocked-threads.js';
import type { ProcessStat } from './proc.js';
import { isAncestor, isStill, type Link, type ProcessTable, readLinks } from './process-table.js';
import type { Holder } from './report.js';

/** A process that may hold both ends of its own stdin, stdout or stderr. */
export interface PipeSuspect {
  readonly process: ProcessStat;
  readonly fd: number;
  readonly target: string;
}

export interface PipeVerdict {
  readonly kind: 'self-held-pipe' | 'leaked-end';
  readonly blocked: boolean;
  readonly holders: readonly Holder[];
  /** Changes between two looks if the pipe may have been read or written. */
  readonly progress: string;
}

/** Returns each pipe once: stdout, if stdout and stderr are the same pipe. */
export function suspectPipes(
  { proc }: ProcessTable,
  process: ProcessStat,
  links: readonly Link[],
): PipeSuspect[] {
  const stdio = links.filter(({ fd, target }, index) => {
    return fd <= 2 && mayBePipe(target) && links.findIndex((link) => link.target === target) === index;
  });
  return stdio
    .filter(({ target }) => links.some((link) => link.fd > 2 && link.target === target))
    .filter(({ fd, target }) => target.startsWith('pipe:') || proc.isFifo(process.pid, fd))
    .map(({ fd, target }) => ({ process, fd, target }));
}

function mayBePipe(target: string): boolean {
  return target.startsWith('pipe:') || (target.startsWith('/') && !target.startsWith('/dev/'));
}

/** Returns the holders of these pipes. It goes through the descriptors of all processes once. */
export function findHolders(table: ProcessTable, targets: ReadonlySet<string>): Map<string, Holder[]> {
  const holders = new Map([...targets].map((target) => [target, [] as Holder[]]));
  for (const { pid, name } of table.processes.values()) {
    const fds = table.proc.fds(pid);
    if (typeof fds === 'string') continue;
    for (const { fd, target } of readLinks(table.proc, pid, fds)) {
      const flags = targets.has(target) ? table.proc.fdFlags(pid, fd) : undefined;
      if (flags !== undefined) holders.get(target)?.push({ pid, name, fd, ...flags });
    }
  }
  return holders;
}

/** Returns the present state of a suspect, or undefined if nothing is wrong. A state that is seen once proves nothing. */
export function observePipe(
  table: ProcessTable,
  { process, fd, target }: PipeSuspect,
  known: readonly Holder[],
): PipeVerdict | undefined {
  const { proc } = table;
  if (!isStill(table, process)) return undefined;
  const holders = known.filter((holder) => proc.target(holder.pid, holder.fd) === target);
  const own = ownEnds(table, process, fd, holders);
  if (own.length === 0) return undefined;
  const others = holders.filter(
    (holder) => holder.pid !== process.pid && isOppositeDirection(fd, holder.access),
  );
  if (others.some((holder) => isInUse(table, process, holder))) {
    return process.execed ? { kind: 'leaked-end', blocked: false, holders, progress: '' } : undefined;
  }
  const waiting = fd === 0 ? undefined : blockedWriter(proc, process.pid, target);
  if (waiting !== undefined) return { kind: 'self-held-pipe', blocked: true, holders, progress: waiting };
  const isInherited = process.execed && own.some((holder) => !holder.closeOnExec);
  if (!isInherited || isInPoll(proc, process.pid)) return undefined;
  return { kind: 'self-held-pipe', blocked: false, holders, progress: readCount(proc, process.pid) };
}

/**
 * Returns the opposite ends of its own stdin, stdout or stderr that a process holds and does not use. A program that reads
 * its own output on purpose waits on that end. A program that wants its input never to end opens a named pipe for reading
 * and writing.
 */
function ownEnds(
  { proc }: ProcessTable,
  { pid }: ProcessStat,
  stdio: number,
  holders: readonly Holder[],
): Holder[] {
  const own = holders.filter((holder) => holder.pid === pid);
  if (!own.some(({ fd, access }) => fd === stdio && isSameDirection(stdio, access))) return [];
  const ends = own.filter(({ fd, access }) => fd > 2 && isOppositeDirection(stdio, access));
  if (stdio === 0) return ends.every(({ access, closeOnExec }) => access === 'w' && !closeOnExec) ? ends : [];
  return ends.some(({ fd }) => isWaitedOn(proc, pid, fd)) ? [] : ends;
}

/**
 * Returns whether another process uses its end of the pipe. A sibling or a child may also hold a leaked end: that one
 * was inherited through execve(2), is above 2, and no thread waits on it.
 */
function isInUse(table: ProcessTable, process: ProcessStat, { pid, fd, closeOnExec }: Holder): boolean {
  const holder = table.processes.get(pid);
  const isKin =
    holder !== undefined && (holder.parent === process.parent || isAncestor(table, process.pid, holder));
  if (!isKin || !holder.execed || closeOnExec || fd <= 2) return true;
  return isWaitedOn(table.proc, pid, fd);
}

function isSameDirection(stdio: number, access: FdAccess): boolean {
  return access === 'rw' || access === (stdio === 0 ? 'r' : 'w');
}

function isOppositeDirection(stdio: number, access: FdAccess): boolean {
  return access === 'rw' || access === (stdio === 0 ? 'w' : 'r');
}
