import type {
  ChildProcess,
  ChildProcessByStdio,
  ChildProcessWithoutNullStreams,
  SpawnOptions,
  StdioNull,
  StdioPipe,
  spawn,
} from 'node:child_process';
import { addAbortListener } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { clearTimeout, setTimeout } from 'node:timers';
import type { ChildMethods, SafeChildProcess } from '../launch/child-methods.js';
import { createChild } from '../launch/create-child.js';
import { annotateError } from '../launch/launch-error.js';
import type { LaunchHandle } from '../launch/process-handle.js';
import { preloadAddon } from '../native/addon.js';
import { assertNodeCompatible, startChild } from '../node/child-process.js';
import { TIMEOUT_ENDS_AT } from '../node/versions.js';
import { rejectMisspelt } from '../options/misspelt.js';
import { type NodeSpawnOptions, normalizeArguments } from '../options/spawn-arguments.js';
import type {
  SafeSpawnOptions,
  SafeSpawnOptionsWithoutStdio,
  SafeSpawnOptionsWithStdioTuple,
} from '../types.js';
import { AbortError, incompatibleNode, type SpawnError } from '../util/errors.js';
import { isLinux } from '../util/platform.js';
import { killArgument } from '../util/signals.js';
import { publicFunction } from './public-function.js';

if (isLinux) preloadAddon();

type Stdio = StdioNull | StdioPipe;

type StreamOf<Entry, Stream> = Entry extends StdioPipe ? Stream : null;

type ChildWith<In, Out, Err> = ChildProcessByStdio<
  StreamOf<In, Writable>,
  StreamOf<Out, Readable>,
  StreamOf<Err, Readable>
> &
  ChildMethods;

type ChildWithStreams = ChildProcessWithoutNullStreams & ChildMethods;

/** The overloads of `spawn`, also with launch options. */
export type SafeSpawn = {
  (command: string, options?: SafeSpawnOptionsWithoutStdio): ChildWithStreams;
  <In extends Stdio, Out extends Stdio, Err extends Stdio>(
    command: string,
    options: SafeSpawnOptionsWithStdioTuple<In, Out, Err>,
  ): ChildWith<In, Out, Err>;
  (command: string, options: SpawnOptions | SafeSpawnOptions): SafeChildProcess;
  (command: string, args?: readonly string[], options?: SafeSpawnOptionsWithoutStdio): ChildWithStreams;
  <In extends Stdio, Out extends Stdio, Err extends Stdio>(
    command: string,
    args: readonly string[] | undefined,
    options: SafeSpawnOptionsWithStdioTuple<In, Out, Err>,
  ): ChildWith<In, Out, Err>;
  (
    command: string,
    args: readonly string[] | undefined,
    options: SpawnOptions | SafeSpawnOptions,
  ): SafeChildProcess;
} & typeof spawn;

export function runSpawn(command: string, args?: unknown, options?: unknown): ChildProcess {
  assertNodeCompatible();
  const { options: nodeOptions, config } = normalizeArguments(command, args, options);
  const { child, handle } = createChild(config);
  try {
    // Node's own method makes the streams, then calls handle.spawn() in launch/process-handle.ts, which launches the program.
    startChild(child, nodeOptions);
    requireLaunch(handle);
    killAtTimeout(child, nodeOptions);
    killOnAbort(child, nodeOptions);
  } catch (error) {
    throw abandonLaunch(handle, error, nodeOptions.file);
  }
  return child;
}

/**
 * Starts a program as `child_process.spawn` does, with two differences. The child holds only the file descriptors of its
 * `stdio` and `passFds`. The launch options ({@link LaunchOptions}) take effect before its first instruction.
 *
 * If the kernel refuses a step of the launch, the program is not started and no process is left. The error has the `code` of
 * the system and the `step` that failed ({@link SpawnError}). As in Node, some such errors are thrown and the others emitted
 * as 'error'.
 *
 * Invalid arguments throw Node's own errors. On a Node that this version of the library does not support, it throws
 * `ERR_SAFE_SPAWN_INCOMPATIBLE_NODE`. Without a working addon, it throws `ERR_SAFE_SPAWN_ADDON` or
 * `ERR_SAFE_SPAWN_ADDONS_DISABLED`. On platforms other than Linux, Node starts the child and its descriptors leak.
 *
 * @example
 * safeSpawn('ls', ['-l'], { stdio: 'inherit', rlimits: { nofile: 1024 } });
 */
export const safeSpawn: SafeSpawn = publicFunction('safeSpawn', 'spawn', runSpawn, rejectMisspelt);

/** Throws if the method that replaces Node's spawn() did not start the child, or started it by other means. */
function requireLaunch(handle: LaunchHandle): void {
  if (handle.pid === undefined && handle.failure === undefined) {
    throw incompatibleNode('its method spawn() did not call _handle.spawn()');
  }
}

function killAtTimeout(child: ChildProcess, { timeout, killSignal }: NodeSpawnOptions): void {
  if (!timeout) return;
  const timer = setTimeout(() => {
    try {
      child.kill(killArgument(killSignal));
    } catch (error) {
      child.emit('error', error);
    }
  }, timeout);
  child.once(TIMEOUT_ENDS_AT, () => clearTimeout(timer));
}

function killOnAbort(child: ChildProcess, { signal, killSignal }: NodeSpawnOptions): void {
  if (signal === undefined) return;
  const abort = () => {
    try {
      if (child.kill(killArgument(killSignal))) child.emit('error', new AbortError(signal.reason));
    } catch (error) {
      child.emit('error', error);
    }
  };
  if (signal.aborted) {
    process.nextTick(abort);
    return;
  }
  const listener = addAbortListener(signal, abort);
  child.once('exit', () => listener[Symbol.dispose]());
}

function abandonLaunch(handle: LaunchHandle, error: unknown, file: string): unknown {
  handle.abandon();
  const { failure } = handle;
  if (failure !== undefined && (error as SpawnError)?.errno === failure.errno) {
    annotateError(error as SpawnError, failure, file);
  }
  return error;
}
