import type { FdAccess } from '../util/procfs-fds.js';

/**
 * - `self-held-pipe`: stdout or stderr is a pipe that nobody but the process itself can read, or stdin one that nobody
 *   else can write. When the pipe is full the process hangs in write(2) for ever, or waits for ever for the end of its input
 * - `leaked-end`: the process holds the other end of its own stdin, stdout or stderr, beside the one that uses it. When
 *   that one ends, this becomes a self-held pipe
 * - `leaked-listener`: a child holds the listening socket of its parent and does not use it, so the port stays busy
 * - `leaked-terminal`: a child holds the master of a terminal of its parent, so that terminal never hangs up
 */
export type FindingKind = 'self-held-pipe' | 'leaked-end' | 'leaked-listener' | 'leaked-terminal';

/** A descriptor, and whose it is. */
export interface Holder {
  readonly pid: number;
  readonly name: string;
  readonly fd: number;
  readonly access: FdAccess;
  readonly closeOnExec: boolean;
}

export interface ProcessSummary {
  readonly pid: number;
  /** Of the program, at most 15 bytes. */
  readonly name: string;
  /** Its arguments with blanks between them, empty where they may not be read. */
  readonly command: string;
  readonly parent: number;
  /** As in proc_pid_stat(5): `'S'`, `'Z'`, ... */
  readonly state: string;
  /** In clock ticks since the system was booted. */
  readonly startTime: number;
}

export interface Finding {
  readonly kind: FindingKind;
  readonly process: ProcessSummary;
  /** The descriptor that is in trouble: 0, 1 or 2 for a pipe, the leaked one otherwise. */
  readonly fd: number;
  /** What it is, as /proc/PID/fd shows it. */
  readonly target: string;
  /** Where a listening socket listens: `'tcp port 80'`, or a path. Null for all else. */
  readonly address: string | null;
  /** Whether the process waits in write(2) on `fd` now: then the pipe is full. */
  readonly blocked: boolean;
  /** Who holds the same pipe, socket or terminal. */
  readonly holders: readonly Holder[];
}

/**
 * - `inheritable`: descriptors that the next child gets, if it is started by anything else than safeSpawn
 * - `inherited`: descriptors that a parent or a sibling holds under the same number, and of which no argument and no
 *   variable of the process tells
 * - `inherited-lock`: those of them that hold a lock on a file
 * - `deleted-file`: files that were deleted and take up room as long as they are open
 * - `high-limit`: a soft limit on descriptors with which a loop that closes all of them is slow; `value` is the limit
 * - `above-limit`: descriptors that such a loop does not reach, since the limit was lowered to `value`
 * - `above-select`: descriptors with which select(2) can not be used
 * - `large-table`: room for `value` descriptors where few are open, which makes each fork slower
 * - `no-reader`: stdout or stderr is a pipe without a reader: the next write fails with EPIPE
 * - `zombies`: `value` children are dead and were not waited for
 * - `orphan`: the process was left behind by the one that started it
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

/** Worth knowing, and no fault by itself. */
export interface Note {
  readonly kind: NoteKind;
  readonly process: ProcessSummary;
  readonly descriptors: readonly Descriptor[];
  /** What it means depends on the kind; null for most. */
  readonly value: number | null;
}

/** A process that was asked for and could not be inspected. */
export interface Failure {
  readonly pid: number;
  readonly code: 'ESRCH' | 'EACCES';
}

export interface Report {
  readonly version: 1;
  /** The worst first. */
  readonly findings: readonly Finding[];
  /** Empty unless asked for. */
  readonly notes: readonly Note[];
  readonly failures: readonly Failure[];
  readonly processes: {
    /** Read, the whole machine counted. */
    readonly seen: number;
    /** Of other users, whose descriptors may not be read. */
    readonly unreadable: number;
  };
}
