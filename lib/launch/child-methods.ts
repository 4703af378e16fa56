import type { ChildProcess } from 'node:child_process';
import { type KillTarget, killTree } from '../terminate/kill-tree.js';
import { unsupportedPlatform } from '../util/errors.js';
import { nonEnumerable } from '../util/objects.js';

/**
 * What a child of this library has beside what a ChildProcess has. Only on Linux: elsewhere they throw
 * `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM`.
 */
export interface ChildMethods {
  /**
   * What the child has used, with the names and units of `process.resourceUsage()`: it and those of its own children
   * that it has waited for. Undefined until the child has ended, and if its exit status was lost.
   *
   * wait4(2), see getrusage(2). `maxRSS` is at least what this process had when the child was started, since the kernel
   * counts from there.
   */
  resourceUsage(): NodeJS.ResourceUsage | undefined;
  /**
   * Sends a signal to the child and all that it has started. Returns whether there was anything to send it to.
   *
   * With the option `cgroup` these are all processes of that cgroup, also after the child has ended; SIGKILL reaches them
   * at once, also those that are being forked (Linux 5.14). If another signal does not reach a process, because of another
   * user or PID namespace, `ERR_SAFE_SPAWN_KILL_TREE` names it, and the other processes have got the signal. With `processGroup: true` or `detached: true` they are those
   * of its process group, so none that have made one of their own, and none once the child has ended. Else it is an
   * error, `ERR_SAFE_SPAWN_KILL_TREE`.
   *
   * @default 'SIGTERM'
   */
  killTree(signal?: NodeJS.Signals | number): boolean;
}

/** A ChildProcess that this library has started. */
export type SafeChildProcess = ChildProcess & ChildMethods;

/** What these methods need of the handle of a child. */
interface StartedProcess {
  usage(): NodeJS.ResourceUsage | undefined;
  killTarget(): KillTarget | undefined;
}

const handles = new WeakMap<ChildProcess, StartedProcess>();

/** Hidden, so that the child looks as Node's does. */
const RESOURCE_USAGE: PropertyDescriptor = nonEnumerable(function resourceUsage(this: ChildProcess) {
  return handles.get(this)?.usage();
});

const KILL_TREE: PropertyDescriptor = nonEnumerable(function killTreeOf(
  this: ChildProcess,
  signal: unknown = 'SIGTERM',
) {
  const tree = handles.get(this)?.killTarget();
  const isSent = tree !== undefined && killTree(tree, signal);
  if (isSent && signal !== 0) Reflect.set(this, 'killed', true);
  return isSent;
});

/** One by one: Object.defineProperties() takes five times as long. */
export function addChildMethods(child: ChildProcess, handle: StartedProcess): SafeChildProcess {
  handles.set(child, handle);
  Object.defineProperty(child, 'resourceUsage', RESOURCE_USAGE);
  Object.defineProperty(child, 'killTree', KILL_TREE);
  return child as SafeChildProcess;
}

/** Of a child on another system: what it can't do it refuses by name. */
export function addUnavailableMethods(child: ChildProcess): SafeChildProcess {
  for (const name of ['resourceUsage', 'killTree']) {
    const value = (): never => {
      throw unsupportedPlatform(`child.${name}()`);
    };
    Object.defineProperty(child, name, nonEnumerable(value));
  }
  return child as SafeChildProcess;
}
