import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { clearTimeout, setTimeout } from 'node:timers';
import { getSystemErrorName } from 'node:util';
import type { SafeChildProcess } from '../launch/child-methods.js';
import { throwNodeErrorForExecFile } from '../node/argument-errors.js';
import { pickLaunchOptions } from '../options/launch-options.js';
import { addExitStatus } from '../terminate/exit-status.js';
import type { SafeSpawnOptions } from '../types.js';
import { maxBufferExceeded } from '../util/errors.js';
import { nullPrototype } from '../util/objects.js';
import { isSignal, killArgument } from '../util/signals.js';
import { isAbsentOr, isDuration, isNonNegativeNumber } from '../util/validators.js';
import { type ExecFileArguments, MAX_BUFFER } from './exec-arguments.js';
import { runSpawn } from './spawn.js';

type Callback = (error: Error | null, stdout: string | Buffer, stderr: string | Buffer) => void;

interface ExecError extends Error {
  cmd?: string;
}

/** Node's defaults. As in Node, they do not replace an option that is present but undefined. */
const DEFAULTS = { encoding: 'utf8', killSignal: 'SIGTERM', maxBuffer: MAX_BUFFER, timeout: 0 };

/** Starts a program. Calls back with its whole output once it has exited and closed its streams. */
export function spawnAndCollect(file: string, request: ExecFileArguments): ChildProcess {
  const { args, callback } = request;
  const options = nullPrototype<object>(DEFAULTS, request.options) as Options;
  if (!areValidLimits(options)) throwNodeErrorForExecFile(file, args, request.options, callback);
  const child = runSpawn(file, args, spawnOptions(options));
  const collector = new OutputCollector(
    child,
    options,
    callback as Callback | undefined | null,
    commandLine(file, args),
  );
  collector.watch();
  return child;
}

type Options = Omit<SafeSpawnOptions, 'stdio'> & { encoding?: unknown; maxBuffer?: number | null };

function areValidLimits({ timeout, maxBuffer, killSignal }: Options): boolean {
  return (
    isAbsentOr(isDuration)(timeout) &&
    isAbsentOr(isNonNegativeNumber)(maxBuffer) &&
    isAbsentOr(isSignal)(killSignal)
  );
}

/** Returns the options for `spawn`. As in Node, `exec` and `execFile` ignore others, such as `stdio` and `detached`. */
function spawnOptions(options: Options): SafeSpawnOptions {
  const { cwd, env, gid, shell, signal, uid, windowsHide, windowsVerbatimArguments } = options;
  const node = { cwd, env, gid, shell, signal, uid };
  const windows = {
    windowsHide: Boolean(windowsHide),
    windowsVerbatimArguments: Boolean(windowsVerbatimArguments),
  };
  return { ...node, ...windows, ...pickLaunchOptions(options) } as SafeSpawnOptions;
}

function commandLine(file: string, args: readonly unknown[]): string {
  return args.length > 0 ? `${file} ${args.join(' ')}` : file;
}

class OutputCollector {
  readonly #child: ChildProcess;
  readonly #options: Options;
  readonly #callback: Callback | undefined | null;
  readonly #command: string;
  readonly #stdout: Output;
  readonly #stderr: Output;
  #timer: NodeJS.Timeout | undefined;
  #killed = false;
  #done = false;
  #error: ExecError | undefined;

  constructor(child: ChildProcess, options: Options, callback: Callback | undefined | null, command: string) {
    this.#child = child;
    this.#options = options;
    this.#callback = callback;
    this.#command = command;
    this.#stdout = new Output('stdout', child.stdout, options);
    this.#stderr = new Output('stderr', child.stderr, options);
  }

  watch(): void {
    const { timeout } = this.#options;
    if (timeout) this.#timer = setTimeout(() => this.#kill(), timeout);
    for (const output of [this.#stdout, this.#stderr]) output.collect((error) => this.#stop(error));
    this.#child.on('close', (code, signal) => this.#finish(code, signal));
    this.#child.on('error', (error) => this.#fail(error));
  }

  /** Kills the child, which has written more than `maxBuffer`. */
  #stop(error: Error): void {
    this.#error = error;
    this.#kill();
  }

  #kill(): void {
    this.#destroyStreams();
    this.#killed = true;
    try {
      this.#child.kill(killArgument(this.#options.killSignal));
    } catch (error) {
      this.#error = error as Error;
      this.#finish();
    }
  }

  #fail(error: Error): void {
    this.#error = error;
    this.#destroyStreams();
    this.#finish();
  }

  #destroyStreams(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  #finish(code?: number | null, signal?: NodeJS.Signals | null): void {
    if (this.#done) return;
    this.#done = true;
    clearTimeout(this.#timer);
    const callback = this.#callback;
    if (!callback) return;
    const stdout = this.#stdout.take();
    const stderr = this.#stderr.take();
    const failed = this.#error !== undefined || code !== 0 || signal !== null;
    const error = failed ? (this.#error ?? this.#exitError(code, signal, stderr)) : null;
    if (error !== null) {
      error.cmd = this.#command;
      addExitStatus(error, (this.#child as SafeChildProcess).exitStatus);
    }
    callback(error, stdout, stderr);
  }

  #exitError(code: number | null | undefined, signal: unknown, stderr: string | Buffer): ExecError {
    return Object.assign(new Error(`Command failed: ${this.#command}\n${stderr}`), {
      code: typeof code === 'number' && code < 0 ? getSystemErrorName(code) : code,
      killed: this.#child.killed || this.#killed,
      signal,
    });
  }
}

/** The output of a child to one of its streams, up to a limit. The limit is in bytes, also for decoded text. */
class Output {
  readonly #name: string;
  readonly #stream: Readable | null;
  readonly #encoding: BufferEncoding | undefined;
  readonly #limit: number;
  readonly #chunks: (string | Buffer)[] = [];
  #length = 0;

  constructor(name: string, stream: Readable | null, { encoding, maxBuffer }: Options) {
    this.#name = name;
    this.#stream = stream;
    this.#encoding = Buffer.isEncoding(encoding as string) ? (encoding as BufferEncoding) : undefined;
    this.#limit = maxBuffer === undefined ? Number.POSITIVE_INFINITY : Number(maxBuffer);
  }

  collect(exceeded: (error: Error) => void): void {
    if (this.#encoding) this.#stream?.setEncoding(this.#encoding);
    this.#stream?.on('data', (chunk: string | Buffer) => this.#add(chunk, exceeded));
  }

  #add(chunk: string | Buffer, exceeded: (error: Error) => void): void {
    const before = this.#length;
    this.#length += Buffer.byteLength(chunk, this.#stream?.readableEncoding ?? undefined);
    if (this.#length <= this.#limit) {
      this.#chunks.push(chunk);
      return;
    }
    this.#chunks.push(chunk.slice(0, this.#limit - before));
    exceeded(maxBufferExceeded(this.#name));
  }

  take(): string | Buffer {
    const isText = this.#encoding !== undefined || Boolean(this.#stream?.readableEncoding);
    return isText ? this.#chunks.join('') : Buffer.concat(this.#chunks as Buffer[]);
  }
}
