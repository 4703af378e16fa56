import type { ChildProcess } from 'node:child_process';
import type { ExitStatus } from '../terminate/exit-status.js';
import { killTree } from '../terminate/kill-tree.js';
import type { Containment, StartedProcess } from '../terminate/started-process.js';
import { computed, nonEnumerable } from '../util/objects.js';

/**
 * Members that this library adds to `ChildProcess`. They are not enumerable. `resourceUsage()` and `killTree()` exist only on
 * Linux: elsewhere they throw `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM`.
 */
export interface ChildMethods {
  /**
   * Reports how the child has ended. Undefined until the `'exit'` event, and if nothing was started.
   *
   * `code` is null whenever a signal killed the child, also a real-time signal, for which the events report code 0. If a program
   * has put a value of its own here, that value stays.
   *
   * @example
   * child.on('exit', () => {
   *   const { code, signal, coreDumped } = child.exitStatus!;
   *   console.log(signal ? `killed by ${signal}${coreDumped ? ', core dumped' : ''}` : `exit code ${code}`);
   * });
   */
  readonly exitStatus: ExitStatus | undefined;
  /**
   * Names what `killTree()` reaches: `'cgroup'` (option `cgroup`), `'group'` (options `processGroup: true` and `detached: true`), or
   * `'none'`, the child alone. `'none'` also if nothing was started.
   */
  readonly containment: Containment;
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

const EXIT_STATUS = computed('exitStatus', (child: ChildProcess) => handles.get(child)?.exitStatus());

const CONTAINMENT = computed('containment', (child: ChildProcess) => handles.get(child)?.containment());

/** Defines one property at a time, since Object.defineProperties() takes five times as long. */
export function addChildMethods(child: ChildProcess, handle: StartedProcess): SafeChildProcess {
  handles.set(child, handle);
  Object.defineProperty(child, 'resourceUsage', RESOURCE_USAGE);
  Object.defineProperty(child, 'killTree', KILL_TREE);
  Object.defineProperty(child, 'exitStatus', EXIT_STATUS);
  Object.defineProperty(child, 'containment', CONTAINMENT);
  return child as SafeChildProcess;
}
