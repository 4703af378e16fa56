import type { ChildProcess } from 'node:child_process';
import {
  announceChild,
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

/** A ChildProcess of Node with a handle of ours, not started yet. */
export function createChild(config: LaunchConfig): StartableChild {
  const handle = new LaunchHandle(config, (code, signal) => finish(child, handle, code, signal));
  const child = addChildMethods(constructChild(handle), handle);
  announceChild(child);
  return { child, handle };
}

/** A child that Node has constructed, and that is about to be started: with a handle of ours. Others stay as they are. */
export function adoptChild(child: ChildProcess, options: unknown): LaunchHandle | undefined {
  const onexit = takeHandle(child);
  if (onexit === undefined) return undefined;
  warnOfMisspelt(options);
  const launch = readLaunchConfig(nullPrototype<object>({}, options as object | undefined), false);
  const handle = new LaunchHandle(launch, (code, signal) => onexit(code, signal));
  giveHandle(child, handle);
  addChildMethods(child, handle);
  return handle;
}

/** What Node's constructor makes of an exit: `code` is negative when there was nothing to exit, null when unknown. */
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
  // On nextTick, so that who wants to read from the exit on still can.
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
