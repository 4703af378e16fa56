import type { SpawnSyncReturns } from 'node:child_process';
import { nonEnumerable } from '../util/objects.js';
import { signalName } from '../util/signals.js';

/** The exit status of a child (wait(2)). */
export interface ExitStatus {
  /** Exit code. Null if a signal killed the child, or if the status is lost. */
  readonly code: number | null;
  /**
   * Name of the signal that killed the child, otherwise null. Signal 40 is `'SIGRTMIN+6'`. Node has no names for real-time
   * signals, and its events 'exit' and 'close' report code 0 for them.
   */
  readonly signal: NodeJS.Signals | `SIGRTMIN${string}` | null;
  /** Number of the signal that killed the child, otherwise null. */
  readonly signalNumber: number | null;
  /** True if the kernel dumped core, to a file or to a program (core(5)). Always false on macOS and Windows. */
  readonly coreDumped: boolean;
  /** True if other code of this process has waited for the child, so that neither code nor signal is known. */
  readonly lost: boolean;
}

/** Number of SIGRTMIN in glibc. kill(1) and systemd name real-time signals relative to it. */
const SIGRTMIN = 34;

/** Returns an exit status for the values of wait(2). `signal` is 0 after a normal exit. */
export function exitStatus(code: number, signal: number, coreDumped: boolean, lost: boolean): ExitStatus {
  const isKilled = signal !== 0;
  return {
    code: lost || isKilled ? null : code,
    signal: isKilled ? signalName(signal) || realTimeName(signal) : null,
    signalNumber: isKilled ? signal : null,
    coreDumped,
    lost,
  };
}

function realTimeName(signal: number): `SIGRTMIN${string}` {
  const offset = signal - SIGRTMIN;
  if (offset === 0) return 'SIGRTMIN';
  return `SIGRTMIN${offset > 0 ? '+' : ''}${offset}`;
}

/** Adds the exit status to an error or a result. It is not enumerable, so that the object prints as Node's does. */
export function addExitStatus<T extends object>(
  object: T,
  status: ExitStatus | undefined,
): T & WithExitStatus {
  return Object.defineProperty(object, 'exitStatus', nonEnumerable(status)) as T & WithExitStatus;
}

/** The exit status in results of synchronous functions, and in errors of `exec`, `execFile` and their synchronous forms. */
export interface WithExitStatus {
  /** Exit status of the program. Undefined if it was not started, or had not ended yet. Not enumerable. */
  readonly exitStatus: ExitStatus | undefined;
}

/** Result of `spawnSync` with the exit status of the program. */
export interface SafeSpawnSyncReturns<T> extends SpawnSyncReturns<T>, WithExitStatus {}
