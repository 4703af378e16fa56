import type { FdAccess } from '../util/procfs-fds.js';

/**
 * - `self-held-pipe`: stdout or stderr is a pipe that only the process itself can read, or stdin is a pipe that only the
 *   process itself can write. It hangs forever in write(2) once the pipe is full, or waits forever for the end of its input
 * - `leaked-end`: the process holds the opposite end of its own stdin, stdout or stderr, and so does the process that uses
 *   that end. When the latter exits, this becomes a self-held pipe
 * - `leaked-listener`: a child holds the listening socket of its parent and does not use it, so that the port stays busy
 * - `leaked-terminal`: a child holds the master of a terminal of its parent, so that the terminal never hangs up
 */
export type FindingKind = 'self-held-pipe' | 'leaked-end' | 'leaked-listener' | 'leaked-terminal';

/** A descriptor and the process that holds it. */
export interface Holder {
  readonly pid: number;
  readonly name: string;
  readonly fd: number;
  readonly access: FdAccess;
  readonly closeOnExec: boolean;
}

export interface ProcessSummary {
  readonly pid: number;
  /** Name of the program, cut to 15 bytes. */
  readonly name: string;
  /** The arguments, separated by blanks. Empty if they may not be read. */
  readonly command: string;
  readonly parent: number;
  /** State of the process: `'S'`, `'Z'`, ... (proc_pid_stat(5)). */
  readonly state: string;
  /** Start time, in clock ticks since the system was booted. */
  readonly startTime: number;
}

export interface Finding {
  readonly kind: FindingKind;
  readonly process: ProcessSummary;
  /** The stdio descriptor (0, 1 or 2) of a pipe, or the leaked descriptor of a listener or a terminal. */
  readonly fd: number;
  /** Target of `fd`, as /proc/PID/fd shows it. */
  readonly target: string;
  /** Address of a listening socket: `'tcp port 80'`, or a path. Null for other kinds. */
  readonly address: string | null;
  /** True if the process hangs in write(2) on `fd` now, since the pipe is full. */
  readonly blocked: boolean;
  /** All descriptors for the same pipe, socket or terminal, and the processes that hold them. */
  readonly holders: readonly Holder[];
}

/**
 * - `inheritable`: descriptors that the next child inherits, unless safeSpawn starts it
 * - `inherited`: descriptors that a parent or a sibling holds under the same number, and that no argument and no
 *   environment variable of the process names
 * - `inherited-lock`: inherited descriptors that hold a lock on a file
 * - `deleted-file`: deleted files that take up space on the disk while they are open
 * - `high-limit`: a soft limit on descriptors that makes a loop that closes all of them slow; `value` is the limit
 * - `above-limit`: descriptors that such a loop does not reach, since the limit was lowered to `value`
 * - `above-select`: descriptors that are too high for select(2)
 * - `large-table`: a descriptor table with room for `value` descriptors, few of which are open; it makes each fork slower
 * - `no-reader`: stdout or stderr is a pipe without a reader, so that the next write fails with EPIPE
 * - `zombies`: `value` children have ended and were not waited for
 * - `orphan`: the process that started this one has exited
 */
export type NoteKind =
  | 'inheritable'
  | 'inherited'
  | 'inherited-lock'
  | 'deleted-file'
  | 'high-limit'
  | 'above-limit'
  | 'above-select'
  | 'large-table'
  | 'no-reader'
  | 'zombies'
  | 'orphan';

export interface Descriptor {
  readonly fd: number;
  readonly target: string;
}

/** A fact that is worth knowing and is not a fault by itself. */
export interface Note {
  readonly kind: NoteKind;
  readonly process: ProcessSummary;
  readonly descriptors: readonly Descriptor[];
  /** A number whose meaning depends on the kind; null for most kinds. */
  readonly value: number | null;
}

/** A process in `pids` that could not be inspected. */
export interface Failure {
  readonly pid: number;
  readonly code: 'ESRCH' | 'EACCES';
}

export interface Report {
  readonly version: 1;
  /** Findings, worst first. */
  readonly findings: readonly Finding[];
  /** Notes; empty unless the caller requested them. */
  readonly notes: readonly Note[];
  readonly failures: readonly Failure[];
  readonly processes: {
    /** Number of processes that were read, on the whole machine. */
    readonly seen: number;
    /** Number of processes of other users, whose descriptors may not be read. */
    readonly unreadable: number;
  };
}
