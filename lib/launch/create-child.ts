import type { ChildProcess } from 'node:child_process';
import {
  constructChild,
  countClose,
  drainUnread,
  dropHandle,
  giveHandle,
  recordExit,
  takeHandle,
} from '../node/child-process.js';
import type { LaunchConfig } from '../options/launch-config.js';
import { warnOfMisspelt } from '../options/misspelt.js';
import { readLaunchConfig } from '../options/read-launch-config.js';
import { type SpawnError, systemError } from '../util/errors.js';
import { nullPrototype } from '../util/objects.js';
import { addChildMethods, type SafeChildProcess } from './child-methods.js';
import { annotateError } from './launch-error.js';
import { LaunchHandle } from './process-handle.js';

export interface StartableChild {
  readonly child: SafeChildProcess;
  readonly handle: LaunchHandle;
}

/** Returns a ChildProcess of Node that has a handle of this library and is not started yet. */
export function createChild(config: LaunchConfig): StartableChild {
  const handle = new LaunchHandle(config);
  const child = addChildMethods(constructChild(handle), handle);
  handle.onexit = (code, signal) => finish(child, handle, code, signal);
  return { child, handle };
}

/**
 * Replaces the handle of a ChildProcess that Node has constructed and is about to start. Returns undefined, and changes
 * nothing, if the child already has another handle.
 */
export function adoptChild(child: ChildProcess, options: unknown): LaunchHandle | undefined {
  const onexit = takeHandle(child);
  if (onexit === undefined) return undefined;
  warnOfMisspelt(options);
  const launch = readLaunchConfig(nullPrototype<object>({}, options as object | undefined), false);
  const handle = new LaunchHandle(launch);
  handle.onexit = (code, signal) => onexit(code, signal);
  giveHandle(child, handle);
  addChildMethods(child, handle);
  return handle;
}

/** Handles an exit as Node's constructor does. `code` is negative if the launch failed, and null if it is unknown. */
function finish(
  child: ChildProcess,
  handle: LaunchHandle,
  code: number | null,
  signal?: NodeJS.Signals | '',
): void {
  recordExit(child, code, signal);
  child.stdin?.destroy();
  dropHandle(child);
  if (code !== null && code < 0) child.emit('error', startError(child, handle, code));
  else child.emit('exit', child.exitCode, child.signalCode);
  // Deferred to nextTick so that an 'exit' listener can still attach a reader.
  process.nextTick(drainUnread, child);
  countClose(child);
}

function startError(child: ChildProcess, handle: LaunchHandle, errno: number): SpawnError {
  const { spawnfile: file, spawnargs } = child;
  const error: SpawnError = systemError(errno, file ? `spawn ${file}` : 'spawn');
  if (file) error.path = file;
  error.spawnargs = spawnargs.slice(1);
  if (handle.failure !== undefined) annotateError(error, handle.failure, file);
  return error;
}
