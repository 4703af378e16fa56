import { AsyncResource } from 'node:async_hooks';
import { constants } from 'node:os';
import { environmentPairs } from './environment.js';
import { type Failure, readFailure, stdioFailure } from './failure.js';
import {
  LAUNCH_INHERIT_ENV,
  LAUNCH_NEW_SESSION,
  LAUNCH_SET_GID,
  LAUNCH_SET_UID,
  type NativeChild,
  native,
  RESULT_ENDS,
  RESULT_PID,
  type Watcher,
} from './native.js';
import {
  type ProcessHandle,
  readSpawnRequest,
  requirePermission,
  type SpawnRequest,
  type StdioEntry,
} from './node-internals.js';
import { signalName } from './signals.js';
import { closePipes, openEnds, writeStdio } from './stdio.js';

const { EMFILE, ENFILE, ESRCH } = constants.errno;
const { SIGKILL } = constants.signals;

/** What a launch is told beside what Node passes on. */
export interface Launch {
  /** The child gets the environment of this process. */
  readonly inheritsEnvironment: boolean;
  readonly rlimits: BigUint64Array | undefined;
}

/** Index of the first stdio entry in the words of a launch. */
const WORD_STDIO = 6;

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
    const { stdio } = request;
    const words = new Int32Array(WORD_STDIO + 2 * stdio.length);
    const refused = writeStdio(stdio, words, WORD_STDIO);
    if (refused !== 0) return stdioFailure(refused);
    const strings = this.#write(request, words);

    const { rlimits } = this.#launch;
    const result = new Int32Array(RESULT_ENDS + stdio.length).fill(-1, RESULT_ENDS);
    this.#child = native().launch(this, strings, words, rlimits, result);
    const lost = openEnds(stdio, result);
    if (this.#child === undefined) return this.#fail(readFailure(result, rlimits));
    if (lost !== 0) return this.#fail(stdioFailure(lost));
    this.pid = result[RESULT_PID];
    return undefined;
  }

  /** Writes the words before the stdio entries; returns the strings. */
  #write(request: SpawnRequest, words: Int32Array): string {
    const { file, args, cwd, envPairs, detached, uid, gid, stdio } = request;
    const inherits = this.#launch.inheritsEnvironment;
    // Node adds the number of an IPC channel: then the environment has to be spelled out after all.
    const environment =
      inherits && envPairs.length > 0 ? [...environmentPairs({ ...process.env }), ...envPairs] : envPairs;
    let flags = 0;
    if (detached) flags |= LAUNCH_NEW_SESSION;
    if (isGiven(uid)) flags |= LAUNCH_SET_UID;
    if (isGiven(gid)) flags |= LAUNCH_SET_GID;
    if (inherits && envPairs.length === 0) flags |= LAUNCH_INHERIT_ENV;
    words.set([flags, uid ?? 0, gid ?? 0, args.length, environment.length, stdio.length]);
    return joinStrings(file, cwd, args, environment);
  }

  #fail(failure: Failure): Failure {
    // Node looks at the pipes no more after these, and would leave them to the end of the process.
    if (failure.errno === -EMFILE || failure.errno === -ENFILE) closePipes(this.#stdio);
    return failure;
  }

  reaped(code: number, signal: number, lost: boolean): void {
    this.#child = undefined;
    if (this.#abandoned) return;
    this.runInAsyncScope(this.onexit, this, lost ? null : code, signalName(signal));
  }

  kill(signal: number): number {
    return this.#child?.kill(signal) ?? -ESRCH;
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

function isGiven<T>(value: T): value is NonNullable<T> {
  return value !== undefined && value !== null;
}

/** Each string followed by NUL. */
function joinStrings(
  file: string,
  cwd: unknown,
  args: readonly unknown[],
  environment: readonly unknown[],
): string {
  const strings = [cString(file), isGiven(cwd) ? cString(cwd) : ''];
  for (const argument of args) strings.push(cString(argument));
  for (const pair of environment) strings.push(cString(pair));
  strings.push('');
  return strings.join('\0');
}

/** The kernel would see it end at the first NUL; here that would shift the strings behind it. */
function cString(value: unknown): string {
  const text = `${value}`;
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
