import { AsyncResource } from 'node:async_hooks';
import { constants } from 'node:os';
import { addon } from '../native/addon.js';
import type { ProcessHandle } from '../node/child-process.js';
import { requirePermission } from '../node/permission.js';
import { readSpawnRequest, type SpawnRequest } from '../node/spawn-request.js';
import type { LaunchConfig } from '../options/launch-config.js';
import { type ExitStatus, exitStatus } from '../terminate/exit-status.js';
import { containmentOf } from '../terminate/kill-tree.js';
import type { Containment, KillTarget, StartedProcess } from '../terminate/started-process.js';
import { signalName } from '../util/signals.js';
import { encodeRequest } from './encode-request.js';
import {
  explainFailure,
  type FailedLaunch,
  failedStdio,
  type LaunchFailure,
  readFailure,
} from './launch-error.js';
import { readUsage } from './resource-usage.js';
import { attachPipes, closePipes, readStdio, refusalOf, type StdioSource } from './stdio.js';

const { EMFILE, ENFILE, ESRCH } = constants.errno;
const { SIGKILL } = constants.signals;

/** Result of the last launch, which must be read before the next one. One array is reused, since passing a known array is faster. */
let lastResult: Int32Array | undefined;

function ignoreExit(): void {
  // No child was started.
}

/**
 * The `_handle` of a ChildProcess. It launches the program, signals the child and reports its exit. Its type as an async
 * resource is that of Node's own handle, so that tools that follow children still work.
 */
export class LaunchHandle extends AsyncResource implements ProcessHandle, StartedProcess {
  /** Set once the child exists. Nothing exits before that. */
  onexit: ProcessHandle['onexit'] = ignoreExit;
  pid: number | undefined;
  failure: LaunchFailure | undefined;

  readonly #config: LaunchConfig;
  /** Number of the child in the addon; 0 before it is started and after it is reaped. */
  #child = 0;
  #usage: Float64Array | undefined;
  #exitStatus: ExitStatus | undefined;
  readonly #endCallbacks: (() => void)[] = [];
  #leadsGroup = false;
  #stdio: readonly StdioSource[] = [];
  #abandoned = false;

  constructor(config: LaunchConfig) {
    super('PROCESSWRAP');
    this.#config = config;
  }

  spawn(...received: unknown[]): number {
    const request = readSpawnRequest(received);
    this.#stdio = readStdio(request.stdio, this.#config.pipes === 'pipe');
    requirePermission(request.file);
    this.failure = this.#start(request);
    return this.failure?.errno ?? 0;
  }

  #start(request: SpawnRequest): LaunchFailure | undefined {
    const encoded = encodeRequest(request, this.#stdio, this.#config);
    const refused = refusalOf(this.#stdio);
    if (refused !== 0) return explainFailure(failedStdio(refused), request, this.#config);
    const { strings, header, rlimits, attributes, cgroup } = encoded;
    const { constants, launch } = addon();
    lastResult ??= new Int32Array(constants.RESULT_LENGTH);
    const result = lastResult;
    this.#child = launch(strings, header, rlimits, attributes, cgroup, result, this.#handleExit);
    const failed = this.#child === 0 ? readFailure(result) : undefined;
    const pid = result[constants.RESULT_PID];
    const lost = attachPipes(this.#stdio);
    if (failed !== undefined) return this.#fail(failed, request);
    if (lost !== 0) {
      this.abandon();
      return explainFailure(failedStdio(lost), request, this.#config);
    }
    this.pid = pid;
    this.#leadsGroup = request.detached || this.#config.processGroup === true;
    return undefined;
  }

  #fail(failed: FailedLaunch, request: SpawnRequest): LaunchFailure {
    // Node does not read or close the pipes after these errors. They would stay open until this process exits.
    if (failed.errno === -EMFILE || failed.errno === -ENFILE) closePipes(this.#stdio);
    return explainFailure(failed, request, this.#config);
  }

  readonly #handleExit = (code: number, signal: number, coreDumped: boolean, lost: boolean): void => {
    this.#child = 0;
    this.#exitStatus = exitStatus(code, signal, coreDumped, lost);
    if (!lost) this.#usage = new Float64Array(addon().usage);
    if (this.#abandoned) return;
    try {
      this.runInAsyncScope(this.onexit, this, lost ? null : code, signalName(signal));
    } finally {
      for (const callback of this.#endCallbacks) callback();
    }
  };

  kill(signal: number): number {
    return this.#child === 0 ? -ESRCH : addon().kill(this.#child, signal);
  }

  isReaped(): boolean {
    return this.kill(0) === -ESRCH;
  }

  killGroupAtExit(): void {
    if (this.#child !== 0) addon().killGroupAtExit(this.#child);
  }

  whenEnded(callback: () => void): void {
    this.#endCallbacks.push(callback);
  }

  holdLoop(): () => void {
    if (this.hasRef()) return () => undefined;
    this.ref();
    return () => this.unref();
  }

  usage(): NodeJS.ResourceUsage | undefined {
    return readUsage(this.#usage);
  }

  exitStatus(): ExitStatus | undefined {
    return this.#exitStatus;
  }

  containment(): Containment {
    return containmentOf(this.killTarget());
  }

  /** Returns the processes that killTree() reaches, or undefined if no child was started. */
  killTarget(): KillTarget | undefined {
    if (this.pid === undefined) return undefined;
    // A leader that this process may not signal (EPERM) is still there, and so are the members of its group.
    const group = this.#leadsGroup && this.kill(0) !== -ESRCH ? this.pid : undefined;
    const { cgroup, processGroup } = this.#config;
    const joinedGroup = processGroup === true ? undefined : processGroup;
    return { cgroup, leadsGroup: this.#leadsGroup, joinedGroup, group };
  }

  /** Kills a child that already runs, since its caller gets an error instead of the child. */
  abandon(): void {
    this.#abandoned = true;
    this.kill(SIGKILL);
    closePipes(this.#stdio);
  }

  /** Lets the event loop end without the child. A child that still runs is reaped later nevertheless. */
  close(): void {
    this.unref();
  }

  ref(): void {
    if (this.#child !== 0) addon().setRef(this.#child, true);
  }

  unref(): void {
    if (this.#child !== 0) addon().setRef(this.#child, false);
  }

  hasRef(): boolean {
    return this.#child !== 0 && addon().hasRef(this.#child);
  }
}
