import type { Proc, ProcessStat } from './proc.js';

/** SD_LISTEN_FDS_START. */
const FIRST_PASSED = 3;

/** All processes, without their descriptors: of those there may be a million. */
export interface ProcessTable {
  readonly proc: Proc;
  readonly processes: ReadonlyMap<number, ProcessStat>;
  /** By their parent, in the order in which they were started. */
  readonly children: ReadonlyMap<number, readonly ProcessStat[]>;
}

/** A descriptor and what it is. */
export interface Link {
  readonly fd: number;
  readonly target: string;
}

export function readProcessTable(proc: Proc): ProcessTable {
  const stats = proc
    .pids()
    .map((pid) => proc.stat(pid))
    .filter((stat): stat is ProcessStat => stat !== undefined && !stat.isKernelThread)
    .sort((one, other) => one.startTime - other.startTime || one.pid - other.pid);
  const children = new Map<number, ProcessStat[]>();
  for (const stat of stats) {
    const siblings = children.get(stat.parent);
    if (siblings === undefined) children.set(stat.parent, [stat]);
    else siblings.push(stat);
  }
  return { proc, processes: new Map(stats.map((stat) => [stat.pid, stat])), children };
}

/** What these descriptors of a process are. Those that it has closed meanwhile are left out. */
export function readLinks(proc: Proc, pid: number, fds: readonly number[]): Link[] {
  const links: Link[] = [];
  for (const fd of fds) {
    const target = proc.target(pid, fd);
    if (target !== undefined) links.push({ fd, target });
  }
  return links;
}

/** False once the process has ended, and its number perhaps been given to another, or it runs another program. */
export function isStill({ proc }: ProcessTable, known: ProcessStat): boolean {
  const now = proc.stat(known.pid);
  return now !== undefined && now.startTime === known.startTime && now.execed === known.execed;
}

export function isAncestor({ processes }: ProcessTable, pid: number, of: ProcessStat): boolean {
  for (
    let at: ProcessStat | undefined = of;
    at !== undefined && at.parent > 1;
    at = processes.get(at.parent)
  ) {
    if (at.parent === pid) return true;
  }
  return false;
}

/** The arguments of a process. Empty for one that has none, or whose may not be read. */
export function readArguments(proc: Proc, pid: number): string[] {
  return (proc.text(pid, 'cmdline') ?? '').replace(/\0$/, '').split('\0');
}

/**
 * Whether a process was told of a descriptor by its number, in an argument or in a variable: then it was given to it, and
 * did not leak. So do `LISTEN_FDS` of systemd, `NGINX`, the jobserver of make, and /dev/fd/63 of a shell. Where it may not
 * be read it counts as told.
 */
export function isNamedInArguments(proc: Proc, pid: number, fd: number): boolean {
  const words = [proc.text(pid, 'cmdline'), proc.text(pid, 'environ')];
  if (words.includes(undefined)) return true;
  const text = words.join('\0');
  const passed = Number(/(?:^|\0)LISTEN_FDS=(\d+)/.exec(text)?.[1] ?? 0);
  return fd < FIRST_PASSED + passed || new RegExp(`(?<![\\w.])${fd}(?![\\w.])`).test(text);
}
