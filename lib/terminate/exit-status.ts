import type { SpawnSyncReturns } from 'node:child_process';
import { nonEnumerable } from '../util/objects.js';
import { signalName } from '../util/signals.js';

/** Reports how a child has ended. */
export interface ExitStatus {
  /** Exit code. Null if a signal killed the child, or if the status was lost. */
  readonly code: number | null;
  /**
   * Name of the signal that killed the child, else null. A real-time signal has no name in Node, and the events 'exit' and
   * 'close' report code 0 for it. Here signal 40 is `'SIGRTMIN+6'`.
   */
  readonly signal: NodeJS.Signals | `SIGRTMIN${string}` | null;
  /** Number of that signal, else null. */
  readonly signalNumber: number | null;
  /** True if the kernel has dumped core, into a file or to the program of core(5). Always false on macOS and Windows. */
  readonly coreDumped: boolean;
  /** True if other code of this process has waited for the child. Then neither code nor signal is known. */
  readonly lost: boolean;
}

/** Number of SIGRTMIN in glibc, by which kill(1) and systemd name real-time signals. */
const SIGRTMIN = 34;

/** Makes an exit status of what wait(2) reports. `signal` is 0 after a normal exit. */
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

/** Adds the exit status to an error or a result. It is hidden, so that the object shows the same as Node's. */
export function addExitStatus<T extends object>(
  object: T,
  status: ExitStatus | undefined,
): T & WithExitStatus {
  return Object.defineProperty(object, 'exitStatus', nonEnumerable(status)) as T & WithExitStatus;
}

/** Part of the results of the synchronous functions, and of the errors of `exec`, `execFile` and their synchronous forms. */
export interface WithExitStatus {
  /** Reports how the program has ended. Undefined if it was not started, or had not ended at that time. Not enumerable. */
  readonly exitStatus: ExitStatus | undefined;
}

/** Result of `spawnSync` with the exit status of the program. */
export interface SafeSpawnSyncReturns<T> extends SpawnSyncReturns<T>, WithExitStatus {}
