/** What a child got from its parent without being told of it. */
import type { Listening } from './listening.js';
import type { Proc, ProcessStat } from './proc.js';
import type { Holder } from './report.js';
import { isStill, type Link, type Survey } from './survey.js';
import { isWatched } from './threads.js';
import { isTold } from './words.js';

/** A listening socket, or the master of a terminal, in a process that runs another program than who opened it. */
export interface LeakSuspect {
  readonly kind: 'leaked-listener' | 'leaked-terminal';
  readonly process: ProcessStat;
  readonly fd: number;
  readonly target: string;
  readonly address: string | undefined;
}

const TERMINAL_MASTERS = ['/dev/ptmx', '/dev/pts/ptmx'];

export function suspectLeaks(
  listening: Listening,
  process: ProcessStat,
  links: readonly Link[],
): LeakSuspect[] {
  if (!process.execed) return [];
  const listeners = listening.of(process.pid);
  return links.flatMap(({ fd, target }): LeakSuspect[] => {
    if (fd <= 2) return [];
    if (TERMINAL_MASTERS.includes(target)) {
      return [{ kind: 'leaked-terminal', process, fd, target, address: undefined }];
    }
    const address = listeners.get(target);
    return address === undefined ? [] : [{ kind: 'leaked-listener', process, fd, target, address }];
  });
}

/** Who holds it, if it leaked: the parent and the child. */
export function judgeLeak(
  survey: Survey,
  { process, fd, target }: LeakSuspect,
): readonly Holder[] | undefined {
  const { proc, processes } = survey;
  const parent = processes.get(process.parent);
  if (parent === undefined || !isStill(survey, process)) return undefined;
  if (!isFromParent(proc, process, { fd, target }) || !isSameTerminal(proc, process, fd)) return undefined;
  const [own, origin] = [process, parent].map(({ pid, name }) => holderOf(proc, pid, name, fd));
  if (own === undefined || origin === undefined || own.closeOnExec) return undefined;
  return isTold(proc, process.pid, fd) || isWatched(proc, process.pid, fd) ? undefined : [origin, own];
}

/**
 * Whether the parent has the same under the same number. A leak keeps its number; a descriptor that is handed over on
 * purpose is mostly moved to one that was agreed upon.
 */
export function isFromParent(proc: Proc, { pid, parent }: ProcessStat, { fd, target }: Link): boolean {
  return proc.target(pid, fd) === target && proc.target(parent, fd) === target;
}

/** All masters have the same name, and an index of their own. */
function isSameTerminal(proc: Proc, { pid, parent }: ProcessStat, fd: number): boolean {
  const [own, other] = [pid, parent].map(
    (holder) => /^tty-index:\s*(\d+)$/m.exec(proc.fdInfo(holder, fd) ?? '')?.[1],
  );
  return own === other;
}

function holderOf(proc: Proc, pid: number, name: string, fd: number): Holder | undefined {
  const flags = proc.fdFlags(pid, fd);
  return flags === undefined ? undefined : { pid, name, fd, ...flags };
}
