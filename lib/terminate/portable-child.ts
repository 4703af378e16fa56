/* Children on platforms other than Linux, which Node starts, watches and signals. */
import type { ChildProcess, SpawnSyncReturns } from 'node:child_process';
import { constants } from 'node:os';
import { unsupportedPlatform } from '../util/errors.js';
import { sendSignal } from '../util/signals.js';
import { isRecord } from '../util/validators.js';
import { addExitStatus, type ExitStatus, exitStatus } from './exit-status.js';
import type { Containment, StartedProcess } from './started-process.js';

const { ESRCH } = constants.errno;
const { SIGKILL } = constants.signals;

/** A child that Node's own function has started. */
export class PortableProcess implements StartedProcess {
  readonly #child: ChildProcess;
  readonly #leadsGroup: boolean;

  /** @param options options of the launch; `detached` makes a process group, except on Windows */
  constructor(child: ChildProcess, options?: unknown) {
    this.#child = child;
    const { detached } = Object(options) as { detached?: unknown };
    this.#leadsGroup = Boolean(detached) && process.platform !== 'win32' && child.pid !== undefined;
  }

  exitStatus(): ExitStatus | undefined {
    const { pid, exitCode, signalCode } = this.#child;
    return pid === undefined ? undefined : portableExitStatus(exitCode, signalCode);
  }

  containment(): Containment {
    return this.#leadsGroup ? 'group' : 'none';
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  kill(signal: number): number {
    return this.isReaped() ? -ESRCH : sendSignal(this.#child.pid ?? 0, signal);
  }

  isReaped(): boolean {
    return this.exitStatus() !== undefined;
  }

  /** Node reaps the child before it reports the exit. No other process gets the number while the group has members. */
  killGroupAtExit(): void {
    const group = this.#child.pid ?? 0;
    this.#child.prependOnceListener('exit', () => sendSignal(-group, SIGKILL));
  }

  whenEnded(callback: () => void): void {
    this.#child.prependOnceListener('exit', () => process.nextTick(callback));
  }

  /** Node does not tell whether its own handle has a reference. */
  holdLoop(): () => void {
    return () => undefined;
  }

  usage(): never {
    throw unsupportedPlatform('child.resourceUsage()');
  }

  killTarget(): never {
    throw unsupportedPlatform('child.killTree()');
  }
}

/** Adds the exit status to a result of Node's synchronous functions, or to the error that they throw. */
export function withPortableExitStatus<T>(run: () => T): T {
  try {
    return addIfResult(run());
  } catch (error) {
    throw addIfResult(error);
  }
}

function addIfResult<T>(value: T): T {
  if (!isRecord(value) || !('status' in value) || !('signal' in value)) return value;
  const { status, signal } = value as Partial<SpawnSyncReturns<unknown>>;
  return addExitStatus(value, portableExitStatus(status, signal));
}

function portableExitStatus(
  code: number | null | undefined,
  signal: NodeJS.Signals | null | undefined,
): ExitStatus | undefined {
  if (signal) return exitStatus(0, constants.signals[signal], false, false);
  return typeof code === 'number' ? exitStatus(code, 0, false, false) : undefined;
}
