import type { ChildProcess } from 'node:child_process';
import { addAbortListener } from 'node:events';
import { constants } from 'node:os';
import { clearTimeout, setTimeout } from 'node:timers';
import { stopError } from '../util/errors.js';
import { sendSignal } from '../util/signals.js';
import type { ExitStatus } from './exit-status.js';
import { killTree, membersOf } from './kill-tree.js';
import type { Containment, StartedProcess } from './started-process.js';
import type { StopOrder } from './stop-options.js';
import { membersOfGroup } from './survivors.js';

const { EPERM, ESRCH } = constants.errno;
const { SIGKILL, SIGCONT } = constants.signals;

/** Milliseconds after SIGKILL in which the kernel should have ended the processes. */
const PATIENCE = 5000;
/** Shortest and longest time between two checks for remaining processes after the exit, in milliseconds. */
const FIRST_INTERVAL = 1;
const LONGEST_INTERVAL = 50;

const running = new WeakMap<StartedProcess, Stop>();

/** Ends a child and the processes in its containment. A second call joins the first until that is done. */
export function stop(
  child: ChildProcess,
  target: StartedProcess,
  order: StopOrder,
): Promise<ExitStatus | undefined> {
  if (target.pid === undefined) return Promise.resolve(undefined);
  const current = running.get(target) ?? new Stop(child, target, target.pid);
  running.set(target, current);
  current.join(order);
  return current.result;
}

/**
 * The course of one stop, from the first signal to the end of all processes. Until its exit, the child keeps the event loop
 * alive. After that a timer does, as long as a process remains.
 */
class Stop {
  readonly result: Promise<ExitStatus | undefined>;
  #resolve!: (status: ExitStatus | undefined) => void;
  #reject!: (error: Error) => void;
  readonly #child: ChildProcess;
  readonly #target: StartedProcess;
  readonly #pid: number;
  readonly #reach: Containment;
  readonly #release: () => void;
  readonly #abortListeners: Disposable[] = [];
  readonly #sent = new Set<number>();
  #isDone = false;
  #isKilled = false;
  /** The time of SIGKILL. After SIGKILL, the time at which the stop fails. */
  #deadline = Number.POSITIVE_INFINITY;
  #interval = FIRST_INTERVAL;
  #timer: NodeJS.Timeout | undefined;

  constructor(child: ChildProcess, target: StartedProcess, pid: number) {
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#child = child;
    this.#target = target;
    this.#pid = pid;
    const containment = target.containment();
    // The number of a group can belong to another group after its leader was reaped.
    this.#reach = containment === 'group' && target.isReaped() ? 'none' : containment;
    this.#release = target.holdLoop();
    if (this.#reach === 'group') target.killGroupAtExit();
    if (target.exitStatus() === undefined) target.whenEnded(() => this.#look());
  }

  join({ killSignal, grace, signal }: StopOrder): void {
    if (signal?.aborted) this.#kill();
    else this.#ask(killSignal, grace);
    if (signal !== undefined && !this.#isKilled) {
      this.#abortListeners.push(addAbortListener(signal, () => this.#killNow()));
    }
    this.#look();
  }

  #ask(signal: number, grace: number): void {
    if (this.#isKilled || this.#isDone) return;
    if (signal === SIGKILL || grace === 0) {
      if (signal !== SIGKILL) this.#send(signal);
      this.#kill();
      return;
    }
    this.#deadline = Math.min(this.#deadline, now() + grace);
    if (this.#sent.has(signal)) return;
    this.#sent.add(signal);
    this.#send(signal);
    this.#send(SIGCONT);
  }

  #killNow(): void {
    this.#kill();
    this.#look();
  }

  #kill(): void {
    if (this.#isKilled || this.#isDone) return;
    this.#isKilled = true;
    this.#deadline = now() + PATIENCE;
    this.#send(SIGKILL);
  }

  /** If a signal does not reach a process of a cgroup, SIGKILL may, or the process ends by itself. */
  #send(signal: number): void {
    if (this.#isDone) return;
    try {
      const error = this.#sendTo(signal);
      if (error === 0 && signal !== SIGCONT) Reflect.set(this.#child, 'killed', true);
      if (error === -EPERM) this.#fail('this process may not signal it (EPERM)');
    } catch (error) {
      if (signal === SIGKILL || this.#remaining().includes(process.pid))
        this.#fail((error as Error).message, error);
    }
  }

  #sendTo(signal: number): number {
    if (this.#reach === 'none') return this.#target.kill(signal);
    if (this.#reach === 'group') return this.#target.isReaped() ? 0 : sendSignal(-this.#pid, signal);
    const target = this.#target.killTarget();
    return target !== undefined && killTree(target, signal) ? 0 : -ESRCH;
  }

  /** Checks the progress, and plans the next check. */
  #look(): void {
    if (this.#isDone) return;
    clearTimeout(this.#timer);
    const status = this.#target.exitStatus();
    if (status !== undefined && this.#remaining().length === 0) {
      this.#end();
      this.#resolve(status);
      return;
    }
    if (now() >= this.#deadline) this.#passDeadline();
    if (!this.#isDone) this.#lookAgain(status !== undefined);
  }

  #passDeadline(): void {
    if (this.#isKilled) this.#fail(`still there ${PATIENCE} ms after SIGKILL`);
    else this.#kill();
  }

  #lookAgain(hasExited: boolean): void {
    const rest = Math.max(this.#deadline - now(), 1);
    const pause = hasExited ? Math.min(this.#interval, rest) : rest;
    this.#interval = Math.min(2 * this.#interval, LONGEST_INTERVAL);
    this.#timer = setTimeout(() => this.#look(), pause);
    if (!hasExited) this.#timer.unref();
  }

  /** Counts the processes as remaining if they can't be listed, for example without a free descriptor. */
  #remaining(): number[] {
    try {
      return this.#readRemaining();
    } catch {
      return [this.#pid];
    }
  }

  #readRemaining(): number[] {
    const isReaped = this.#target.isReaped();
    const child = isReaped ? [] : [this.#pid];
    if (this.#reach === 'none') return child;
    if (this.#reach === 'group') return membersOfGroup(this.#pid, isReaped);
    const cgroup = this.#target.killTarget()?.cgroup;
    if (cgroup === undefined) return child;
    const { pids, unlisted } = membersOf(cgroup);
    return unlisted.length === 0 ? pids : [this.#pid, ...pids];
  }

  #fail(reason: string, cause?: unknown): void {
    const pids = this.#remaining();
    this.#end();
    this.#reject(stopError(pids, reason, cause));
  }

  #end(): void {
    this.#isDone = true;
    running.delete(this.#target);
    clearTimeout(this.#timer);
    for (const listener of this.#abortListeners) listener[Symbol.dispose]();
    this.#release();
  }
}

function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
