import type { Proc, ProcessStat } from './proc.js';

/** The number of the first descriptor that systemd passes, SD_LISTEN_FDS_START (sd_listen_fds(3)). */
const FIRST_PASSED = 3;

/** All processes, without their descriptors, since there may be a million of these. */
export interface ProcessTable {
  readonly proc: Proc;
  readonly processes: ReadonlyMap<number, ProcessStat>;
  /** Children keyed by the PID of their parent, in the order in which they were started. */
  readonly children: ReadonlyMap<number, readonly ProcessStat[]>;
}

/** A descriptor and its target, as /proc/PID/fd shows it. */
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

/** Returns the targets of these descriptors. It omits those that the process has closed meanwhile. */
export function readLinks(proc: Proc, pid: number, fds: readonly number[]): Link[] {
  const links: Link[] = [];
  for (const fd of fds) {
    const target = proc.target(pid, fd);
    if (target !== undefined) links.push({ fd, target });
  }
  return links;
}

/** Returns false if the process has ended, even if its PID was recycled, or if it has executed another program. */
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

/** Returns the arguments of a process, or an empty string if it has none or they may not be read. */
export function readArguments(proc: Proc, pid: number): string[] {
  return (proc.text(pid, 'cmdline') ?? '').replace(/\0$/, '').split('\0');
}

/**
 * Returns whether an argument or an environment variable contains the number of a descriptor. It was then passed on
 * purpose, as with systemd's `LISTEN_FDS`, `NGINX`, make's jobserver or a shell's /dev/fd/63. Returns true if arguments
 * or environment may not be read.
 */
export function isNamedInArguments(proc: Proc, pid: number, fd: number): boolean {
  const texts = [proc.text(pid, 'cmdline'), proc.text(pid, 'environ')];
  if (texts.includes(undefined)) return true;
  const text = texts.join('\0');
  const passed = Number(/(?:^|\0)LISTEN_FDS=(\d+)/.exec(text)?.[1] ?? 0);
  return fd < FIRST_PASSED + passed || new RegExp(`(?<![\\w.])${fd}(?![\\w.])`).test(text);
}
