/** Finds listening sockets and terminals that a child inherited from its parent without using them. */
import { isWaitedOn } from './blocked-threads.js';
import type { Proc, ProcessStat } from './proc.js';
import { isNamedInArguments, isStill, type Link, type ProcessTable } from './process-table.js';
import type { Holder } from './report.js';

/** A listening socket or a terminal's master in a process that has executed another program since it was forked. */
export interface LeakSuspect {
  readonly kind: 'leaked-listener' | 'leaked-terminal';
  readonly process: ProcessStat;
  readonly fd: number;
  readonly target: string;
  readonly address: string | undefined;
}

const TCP_LISTEN = '0A';
/** __SO_ACCEPTCON in /proc/net/unix. */
const UNIX_LISTENS = 0x10000;
const TERMINAL_MASTERS = ['/dev/ptmx', '/dev/pts/ptmx'];

export function suspectLeaks(
  listening: ListeningSockets,
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

/** Returns the parent and the child as holders if the descriptor leaked, otherwise undefined. */
export function confirmLeak(
  table: ProcessTable,
  { process, fd, target }: LeakSuspect,
): readonly Holder[] | undefined {
  const { proc, processes } = table;
  const parent = processes.get(process.parent);
  if (parent === undefined || !isStill(table, process)) return undefined;
  if (!isFromParent(proc, process, { fd, target }) || !isSameTerminal(proc, process, fd)) return undefined;
  const [own, origin] = [process, parent].map(({ pid, name }) => holderOf(proc, pid, name, fd));
  if (own === undefined || origin === undefined || own.closeOnExec) return undefined;
  return isNamedInArguments(proc, process.pid, fd) || isWaitedOn(proc, process.pid, fd)
    ? undefined
    : [origin, own];
}

/**
 * Returns whether the parent holds the same file under the same number. A leaked descriptor keeps its number. One that is
 * passed on purpose is usually moved to an agreed number.
 */
export function isFromParent(proc: Proc, { pid, parent }: ProcessStat, { fd, target }: Link): boolean {
  return proc.target(pid, fd) === target && proc.target(parent, fd) === target;
}

/** Compares the indices of the terminals, since all masters have the same name. */
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

/** The listening sockets of each network namespace, keyed by their name in /proc/PID/fd. */
export class ListeningSockets {
  readonly #proc: Proc;
  readonly #namespaces = new Map<string, ReadonlyMap<string, string>>();

  constructor(proc: Proc) {
    this.#proc = proc;
  }

  /** Returns the address of each listening socket in the namespace of a process: `'tcp port 80'`, or a path. */
  of(pid: number): ReadonlyMap<string, string> {
    const namespace = this.#proc.link(pid, 'ns/net') ?? '';
    const known = this.#namespaces.get(namespace) ?? this.#read(pid);
    this.#namespaces.set(namespace, known);
    return known;
  }

  #read(pid: number): ReadonlyMap<string, string> {
    const lines = (name: string) => (this.#proc.text(pid, `net/${name}`) ?? '').trim().split('\n').slice(1);
    return new Map(
      [...lines('tcp'), ...lines('tcp6')].flatMap(tcpSocket).concat(lines('unix').flatMap(unixSocket)),
    );
  }
}

/** Parses a line such as "0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4026 ...". */
function tcpSocket(line: string): [string, string][] {
  const fields = line.trim().split(/\s+/);
  if (fields[3] !== TCP_LISTEN) return [];
  const port = Number.parseInt(fields[1]?.split(':').at(-1) ?? '', 16);
  return [[`socket:[${fields[9]}]`, `tcp port ${port}`]];
}

/** Parses a line such as "ffff8880: 00000002 00000000 00010000 0001 01 4027 /run/socket". The path may contain blanks. */
function unixSocket(line: string): [string, string][] {
  const [, flags = '0', inode, path] =
    /^\S+ \S+ \S+ (\S+) \S+ +\S+ +(\d+)(?: (.*))?$/.exec(line.trimStart()) ?? [];
  const listens = (Number.parseInt(flags, 16) & UNIX_LISTENS) !== 0;
  return listens ? [[`socket:[${inode}]`, path ?? 'a unix socket without a name']] : [];
}
