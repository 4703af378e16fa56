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
import { assertNodeCompatible, spawnChild } from '../node/child-process.js';
import { TIMEOUT_ENDS_AT } from '../node/versions.js';
import { refuseMisspelt } from '../options/misspelt.js';
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

/** What `spawn` can be called with, and the same with launch options. */
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
    spawnChild(child, nodeOptions);
    requireLaunch(handle);
    killAtTimeout(child, nodeOptions);
    killOnAbort(child, nodeOptions);
  } catch (error) {
    throw abandonLaunch(handle, error, nodeOptions.file);
  }
  return child;
}

/**
 * `child_process.spawn`, but the child holds the stdio entries that were asked for and no other descriptor, and the
 * limits in `options.rlimits` are in force before its first instruction. If that can't be had on this system, the
 * child is not started: the error says which step of the launch failed (`error.step`).
 */
export const safeSpawn: SafeSpawn = publicFunction('safeSpawn', 'spawn', runSpawn, refuseMisspelt);

/** A method that somebody has put in the place of Node's may start something else, or nothing. */
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
