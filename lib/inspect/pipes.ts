/** Pipes whose reader is their own writer, or will be once the true one ends. */
import type { FdAccess } from '../proc-fds.js';
import type { ProcessStat } from './proc.js';
import type { Holder } from './report.js';
import { isAncestor, isStill, type Link, linksOf, type Survey } from './survey.js';
import { blockedWriter, isInPoll, isWatched, readCount } from './threads.js';

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
  /** If that is another the next time, somebody may have read the pipe. */
  readonly progress: string;
}

/** At most one: of stdout and stderr on the same pipe, stdout. */
export function suspectPipes({ proc }: Survey, process: ProcessStat, links: readonly Link[]): PipeSuspect[] {
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

/** Who holds these pipes: one walk over all processes. */
export function findHolders(survey: Survey, targets: ReadonlySet<string>): Map<string, Holder[]> {
  const holders = new Map([...targets].map((target) => [target, [] as Holder[]]));
  for (const { pid, name } of survey.processes.values()) {
    const fds = survey.proc.fds(pid);
    if (typeof fds === 'string') continue;
    for (const { fd, target } of linksOf(survey.proc, pid, fds)) {
      const flags = targets.has(target) ? survey.proc.fdFlags(pid, fd) : undefined;
      if (flags !== undefined) holders.get(target)?.push({ pid, name, fd, ...flags });
    }
  }
  return holders;
}

/** Undefined if there is nothing wrong. To be asked twice: what is only seen once was on its way to something else. */
export function judgePipe(
  survey: Survey,
  { process, fd, target }: PipeSuspect,
  known: readonly Holder[],
): PipeVerdict | undefined {
  const { proc } = survey;
  if (!isStill(survey, process)) return undefined;
  const holders = known.filter((holder) => proc.target(holder.pid, holder.fd) === target);
  const own = ownEnds(survey, process, fd, holders);
  if (own.length === 0) return undefined;
  const others = holders.filter((holder) => holder.pid !== process.pid && isOther(fd, holder.access));
  if (others.some((holder) => isInUse(survey, process, holder))) {
    return process.execed ? { kind: 'leaked-end', blocked: false, holders, progress: '' } : undefined;
  }
  const waiting = fd === 0 ? undefined : blockedWriter(proc, process.pid, target);
  if (waiting !== undefined) return { kind: 'self-held-pipe', blocked: true, holders, progress: waiting };
  const isInherited = process.execed && own.some((holder) => !holder.closeOnExec);
  if (!isInherited || isInPoll(proc, process.pid)) return undefined;
  return { kind: 'self-held-pipe', blocked: false, holders, progress: readCount(proc, process.pid) };
}

/**
 * The other ends of its own stdin, stdout or stderr that a process holds and does not use. There are programs that read
 * their own output, to put it elsewhere: they wait for it. And a named pipe is opened for reading and writing by those
 * who want their input never to end.
 */
function ownEnds(
  { proc }: Survey,
  { pid }: ProcessStat,
  stdio: number,
  holders: readonly Holder[],
): Holder[] {
  const own = holders.filter((holder) => holder.pid === pid);
  if (!own.some(({ fd, access }) => fd === stdio && isThis(stdio, access))) return [];
  const ends = own.filter(({ fd, access }) => fd > 2 && isOther(stdio, access));
  if (stdio === 0) return ends.every(({ access, closeOnExec }) => access === 'w' && !closeOnExec) ? ends : [];
  return ends.some(({ fd }) => isWatched(proc, pid, fd)) ? [] : ends;
}

/**
 * Whether somebody else's end is one that is used. One that was leaked to a sibling or a child of the process, too, is
 * not: it went through an exec, has a high number and nobody waits on it.
 */
function isInUse(survey: Survey, process: ProcessStat, { pid, fd, closeOnExec }: Holder): boolean {
  const holder = survey.processes.get(pid);
  const isKin =
    holder !== undefined && (holder.parent === process.parent || isAncestor(survey, process.pid, holder));
  if (!isKin || !holder.execed || closeOnExec || fd <= 2) return true;
  return isWatched(survey.proc, pid, fd);
}

function isThis(stdio: number, access: FdAccess): boolean {
  return access === 'rw' || access === (stdio === 0 ? 'r' : 'w');
}

function isOther(stdio: number, access: FdAccess): boolean {
  return access === 'rw' || access === (stdio === 0 ? 'w' : 'r');
}
