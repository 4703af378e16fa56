import childProcess = require('node:child_process');

import { syncBuiltinESMExports } from 'node:module';
import { adoptChild } from '../launch/create-child.js';
import { assertNodeCompatible } from '../node/child-process.js';
import type { FunctionName, NodeFunctions } from '../node/originals.js';
import { type Defaults, type Registration, registration, setRegistration } from '../node/originals.js';
import { isWrapped, overrideSpawn, restoreSpawn } from '../node/spawn-override.js';
import { pickLaunchOptions, rejectLaunchOptions, rejectUnknownOptions } from '../options/launch-options.js';
import { identifyFd } from '../options/pass-fds.js';
import { readLaunchOptions } from '../options/read-launch-config.js';
import { setCloseOnExec } from '../process/open-fds.js';
import type { LaunchOptions } from '../types.js';
import { nonEnumerable, nullPrototype } from '../util/objects.js';
import { isLinux } from '../util/platform.js';
import { inPlace } from './drop-in.js';

/** Default launch options for every child of this process (or Worker). The options of a call take precedence. */
export interface RegisterOptions extends LaunchOptions {
  /**
   * File descriptors that every child inherits under the same number, unless its `stdio` has an entry for that number. Use
   * it for make's jobserver and for socket activation (3 to 2 + LISTEN_FDS). Default: none.
   *
   * Each must be open. A descriptor that is closed later, or whose number then refers to another file, is not passed.
   */
  readonly passFds?: readonly number[] | undefined;
}

/**
 * Replaces the functions of `node:child_process` in this process (or Worker), so that every child is started safely,
 * through any library. Returns a function that undoes it.
 *
 * It sets close-on-exec on all descriptors that are open now ({@link setCloseOnExec}). Calls may be nested: the options of
 * the last call that is not undone are in force. Several copies of this library share one registration.
 *
 * Throws `ERR_INVALID_ARG_VALUE` for an option that is not a launch option, and for a descriptor in `passFds` that is not
 * open. Throws `ERR_SAFE_SPAWN_INCOMPATIBLE_NODE` if this version of the library does not support this Node. On platforms
 * other than Linux, it does nothing without options, and throws `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` with some.
 *
 * @example
 * const unregister = register({ rlimits: { nofile: 1024 } });
 * unregister();
 */
export function register(options: RegisterOptions = {}): () => void {
  rejectUnknownOptions(options);
  if (!isLinux) return registerNothing(options);
  assertNodeCompatible();
  const defaults = readDefaults(options);
  setCloseOnExec();
  const current = registration() ?? install();
  current.defaults.push(defaults);
  return () => {
    const index = current.defaults.indexOf(defaults);
    if (index < 0) return;
    current.defaults.splice(index, 1);
    if (current.defaults.length === 0) current.uninstall();
  };
}

function registerNothing(options: RegisterOptions): () => void {
  rejectLaunchOptions(options);
  return () => undefined;
}

function readDefaults(options: RegisterOptions): Defaults {
  const copy = nullPrototype<RegisterOptions>({}, options);
  const { passFds = [] } = readLaunchOptions(copy, false);
  return {
    options: pickLaunchOptions(nullPrototype(copy, { passFds: undefined })),
    passFds: passFds.map(identifyFd),
  };
}

/** `safe-spawn/child_process` reads this property, since it is not part of this bundle. */
Object.defineProperty(register, Symbol.for('safe-spawn.in-place'), nonEnumerable(inPlace));

function install(): Registration {
  const replaced: Partial<Record<FunctionName, unknown>> = {};
  for (const name of Object.keys(inPlace) as FunctionName[]) {
    // A function that another tool has wrapped stays: it calls a method that is overridden below. Synchronous ones do not.
    const current: NodeFunctions[FunctionName] = childProcess[name];
    if (isWrapped(name, current) && !name.endsWith('Sync')) continue;
    replaced[name] = current;
    Reflect.set(childProcess, name, inPlace[name]);
  }
  overrideSpawn(adoptChild);
  syncBuiltinESMExports();
  const made = { replaced: replaced as Partial<NodeFunctions>, defaults: [], uninstall };
  setRegistration(made);
  return made;
}

/** Restores Node's functions, except those that another tool has replaced meanwhile. */
function uninstall(): void {
  for (const [name, original] of Object.entries(registration()?.replaced ?? {})) {
    if (Reflect.get(childProcess, name) === inPlace[name as FunctionName])
      Reflect.set(childProcess, name, original);
  }
  restoreSpawn();
  syncBuiltinESMExports();
  setRegistration(undefined);
}
