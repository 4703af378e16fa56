import type { Proc, ProcessStat } from './proc.js';

/** All processes, without their descriptors: of those there may be a million. */
export interface Survey {
  readonly proc: Proc;
  readonly processes: ReadonlyMap<number, ProcessStat>;
}

/** A descriptor and what it is. */
export interface Link {
  readonly fd: number;
  readonly target: string;
}

export function surveyProcesses(proc: Proc): Survey {
  const processes = new Map<number, ProcessStat>();
  for (const pid of proc.pids()) {
    const stat = proc.stat(pid);
    if (stat !== undefined && !stat.isKernelThread) processes.set(pid, stat);
  }
  return { proc, processes };
}

/** The descriptors of a process; the word says why there are none. */
export function linksOf(proc: Proc, pid: number): Link[] | 'gone' | 'forbidden' {
  const fds = proc.fds(pid);
  if (typeof fds === 'string') return fds;
  const links: Link[] = [];
  for (const fd of fds) {
    const target = proc.target(pid, fd);
    if (target !== undefined) links.push({ fd, target });
  }
  return links;
}

/** False once the process has ended, and its number perhaps been given to another, or it runs another program. */
export function isStill({ proc }: Survey, known: ProcessStat): boolean {
  const now = proc.stat(known.pid);
  return now !== undefined && now.startTime === known.startTime && now.execed === known.execed;
}

export function isAncestor({ processes }: Survey, pid: number, of: ProcessStat): boolean {
  for (
    let at: ProcessStat | undefined = of;
    at !== undefined && at.parent > 1;
    at = processes.get(at.parent)
  ) {
    if (at.parent === pid) return true;
  }
  return false;
}
