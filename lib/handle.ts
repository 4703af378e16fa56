import { AsyncResource } from 'node:async_hooks';
import { constants } from 'node:os';
import { type Failure, readFailure, stdioFailure } from './failure.js';
import { type NativeChild, native, RESULT_LENGTH, RESULT_PID, type Watcher } from './native.js';
import {
  type ProcessHandle,
  readSpawnRequest,
  requirePermission,
  type SpawnRequest,
  type StdioEntry,
} from './node-internals.js';
import { type Launch, makePlan } from './plan.js';
import { leadsGroup } from './settings.js';
import { signalName } from './signals.js';
import { closePipes, openEnds } from './stdio.js';
import type { Tree } from './tree.js';
import { readUsage } from './usage.js';

const { EMFILE, ENFILE, ESRCH } = constants.errno;
const { SIGKILL } = constants.signals;

/**
 * What a ChildProcess sees as its `_handle`: launches the program, signals it, and tells of its end.
 *
 * As an asynchronous resource it has the name of Node's own, so that tools which follow children go on doing so.
 */
export class SafeHandle extends AsyncResource implements ProcessHandle, Watcher {
  readonly onexit: ProcessHandle['onexit'];
  pid: number | undefined;
  failure: Failure | undefined;

  readonly #launch: Launch;
  #child: NativeChild | undefined;
  #ended: NativeChild | undefined;
  #leadsGroup = false;
  #stdio: readonly StdioEntry[] = [];
  #abandoned = false;

  constructor(launch: Launch, onexit: ProcessHandle['onexit']) {
    super('PROCESSWRAP');
    this.#launch = launch;
    this.onexit = onexit;
  }

  spawn(...received: unknown[]): number {
    const request = readSpawnRequest(received);
    this.#stdio = request.stdio;
    requirePermission(request.file, received);
    this.failure = this.#start(request);
    return this.failure?.errno ?? 0;
  }

  #start(request: SpawnRequest): Failure | undefined {
    const { rlimits, settings, cgroup } = this.#launch;
    const plan = makePlan(request, this.#launch);
    if (plan.refused !== 0) return stdioFailure(plan.refused);
    const result = new Int32Array(RESULT_LENGTH);
    this.#child = native().launch(this, plan.strings, plan.words, rlimits, result, settings, cgroup);
    const lost = openEnds(request.stdio);
    if (this.#child === undefined) return this.#fail(readFailure(result, this.#launch));
    if (lost !== 0) return this.#fail(stdioFailure(lost));
    this.pid = result[RESULT_PID];
    this.#leadsGroup = request.detached || leadsGroup(settings);
    return undefined;
  }

  #fail(failure: Failure): Failure {
    // Node looks at the pipes no more after these, and would leave them to the end of the process.
    if (failure.errno === -EMFILE || failure.errno === -ENFILE) closePipes(this.#stdio);
    return failure;
  }

  reaped(code: number, signal: number, lost: boolean): void {
    this.#ended = this.#child;
    this.#child = undefined;
    if (this.#abandoned) return;
    this.runInAsyncScope(this.onexit, this, lost ? null : code, signalName(signal));
  }

  kill(signal: number): number {
    return this.#child?.kill(signal) ?? -ESRCH;
  }

  usage(): NodeJS.ResourceUsage | undefined {
    return readUsage(this.#ended?.usage());
  }

  /** What killTree() reaches; undefined if nothing was started. */
  tree(): Tree | undefined {
    if (this.pid === undefined) return undefined;
    const group = this.#leadsGroup && this.kill(0) === 0 ? this.pid : undefined;
    return { cgroup: this.#launch.cgroup, leadsGroup: this.#leadsGroup, group };
  }

  /** The caller gets an exception and no child: so there must be none. */
  abandon(): void {
    this.#abandoned = true;
    this.kill(SIGKILL);
    closePipes(this.#stdio);
  }

  /** A child that still runs is reaped all the same, but nothing waits for it any more. */
  close(): void {
    this.unref();
  }

  ref(): void {
    this.#child?.ref();
  }

  unref(): void {
    this.#child?.unref();
  }

  hasRef(): boolean {
    return this.#child?.hasRef() ?? false;
  }
}
