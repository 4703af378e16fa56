import type { ChildProcess } from 'node:child_process';
import type { ExitStatus } from '../terminate/exit-status.js';
import { killTree } from '../terminate/kill-tree.js';
import type { Containment, StartedProcess } from '../terminate/started-process.js';
import { stop } from '../terminate/stop.js';
import { readStopOptions, type StopOptions } from '../terminate/stop-options.js';
import { computed, nonEnumerable } from '../util/objects.js';

/**
 * Members that this library adds to `ChildProcess`. They are not enumerable. On platforms other than Linux, `resourceUsage()`
 * and `killTree()` throw `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM`.
 */
export interface ChildMethods {
  /**
   * Exit status of the child. Undefined until the `'exit'` event, and if no child was started.
   *
   * `code` is null whenever a signal killed the child. For a real-time signal, the events of Node report code 0 instead. A
   * program may replace this property by a value of its own.
   *
   * @example
   * child.on('exit', () => {
   *   const { code, signal, coreDumped } = child.exitStatus!;
   *   console.log(signal ? `killed by ${signal}${coreDumped ? ', core dumped' : ''}` : `exit code ${code}`);
   * });
   */
  readonly exitStatus: ExitStatus | undefined;
  /**
   * The processes that `killTree()` reaches: `'cgroup'` with the option `cgroup`, and `'group'` with `processGroup: true` or
   * `detached: true`. Otherwise, and if no child was started, it is `'none'`.
   */
  readonly containment: Containment;
  /**
   * Returns the resource usage of the child and of those of its own children that it has waited for. Names and units are
   * those of `process.resourceUsage()`: times in microseconds, `maxRSS` in KiB. Returns undefined until the child has ended,
   * and if its exit status was lost.
   *
   * `maxRSS` is never below that of this process at the time of the launch, since the kernel counts from there.
   * (wait4(2), getrusage(2).)
   *
   * @example
   * child.on('exit', () => console.log(child.resourceUsage()?.maxRSS));
   */
  resourceUsage(): NodeJS.ResourceUsage | undefined;
  /**
   * Sends a signal to the child and its descendants. Returns whether there was a process to signal.
   *
   * With the option `cgroup`, it reaches all processes in that cgroup, even after the child has ended. SIGKILL reaches them
   * atomically, including processes that are being forked (Linux 5.14). If another signal does not reach a process of another
   * user or PID namespace, it throws `ERR_SAFE_SPAWN_KILL_TREE` and names the process. The others have got the signal then.
   *
   * With `processGroup: true` or `detached: true`, it reaches the process group of the child, until the child has ended. It
   * does not reach a descendant that has made a group of its own.
   *
   * Without these options, it throws `ERR_SAFE_SPAWN_KILL_TREE`. An unknown signal throws `ERR_UNKNOWN_SIGNAL`.
   *
   * @default 'SIGTERM'
   * @example
   * setTimeout(() => child.killTree('SIGKILL'), 10_000);
   */
  killTree(signal?: NodeJS.Signals | number): boolean;
  /**
   * Ends the child with its {@link containment}. Sends `killSignal` and SIGCONT, and SIGKILL after `grace` milliseconds to what is
   * left. Resolves with the {@link exitStatus} after the `'exit'` event, when nothing of the containment is left.
   *
   * With a process group, what is left when the child itself ends is killed at once, since the number of the group can be another's
   * after that. With a cgroup, all of it has the grace. Without a containment it reaches the child alone.
   *
   * After the exit it ends what is left in the cgroup. If nothing was started, it resolves with undefined. Calls join: each signal
   * is sent once, and the shortest grace counts. The child keeps the event loop alive meanwhile, also after `unref()`.
   *
   * Rejects with `ERR_SAFE_SPAWN_STOP`, whose `pids` are the processes that still run, if a process may not be signalled, or if one
   * still runs 5 seconds after SIGKILL. Wrong options reject, too, before anything is sent. Works on macOS and Windows.
   *
   * @example
   * const status = await child.stop({ grace: 1000 });
   * console.log(status?.code, status?.signal);
   */
  stop(options?: StopOptions): Promise<ExitStatus | undefined>;
  /** Calls {@link stop}, so that `await using` ends the child with its containment. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A ChildProcess that this library has started. */
export type SafeChildProcess = ChildProcess & ChildMethods;

const handles = new WeakMap<ChildProcess, StartedProcess>();

/** Non-enumerable, so that the child prints as Node's does. */
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

const STOP: PropertyDescriptor = nonEnumerable(async function stopOf(
  this: ChildProcess,
  options?: StopOptions,
) {
  const order = readStopOptions(options);
  const handle = handles.get(this);
  return handle && (await stop(this, handle, order));
});

const ASYNC_DISPOSE: PropertyDescriptor = nonEnumerable(async function dispose(this: SafeChildProcess) {
  await this.stop();
});

const EXIT_STATUS = computed('exitStatus', (child: ChildProcess) => handles.get(child)?.exitStatus());

const CONTAINMENT = computed('containment', (child: ChildProcess) => handles.get(child)?.containment());

/** Defines one property at a time, since Object.defineProperties() takes five times as long. */
export function addChildMethods(child: ChildProcess, handle: StartedProcess): SafeChildProcess {
  handles.set(child, handle);
  Object.defineProperty(child, 'resourceUsage', RESOURCE_USAGE);
  Object.defineProperty(child, 'killTree', KILL_TREE);
  Object.defineProperty(child, 'stop', STOP);
  Object.defineProperty(child, Symbol.asyncDispose, ASYNC_DISPOSE);
  Object.defineProperty(child, 'exitStatus', EXIT_STATUS);
  Object.defineProperty(child, 'containment', CONTAINMENT);
  return child as SafeChildProcess;
}
