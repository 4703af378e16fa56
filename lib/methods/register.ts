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

/** Defaults for every child of this process. A call that gives an option itself wins. */
export interface RegisterOptions extends LaunchOptions {
  /**
   * Descriptors that every child gets under their own number, unless its `stdio` has an entry for that number: those
   * of make's jobserver, or of socket activation (3 to 2 + LISTEN_FDS). They must be open. One that is closed later,
   * or whose number has become another's, is not handed on.
   */
  readonly passFds?: readonly number[] | undefined;
}

/**
 * From now on every child of this process (or Worker) is started safely, through whichever library. Returns a function
 * that undoes it.
 *
 * Descriptors that are open now get close-on-exec, see {@link setCloseOnExec}. Calls add up: the last one that is not undone
 * says what children get, and functions are replaced once, also with several copies of this library.
 *
 * Throws for options that it does not have, Node's among them, and for a `passFds` that is not open
 * (`ERR_INVALID_ARG_VALUE`).
 */
export function register(options: RegisterOptions = {}): () => void {
  rejectUnknownOptions(options);
  if (!isLinux) return registerElsewhere(options);
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

function registerElsewhere(options: RegisterOptions): () => void {
  rejectLaunchOptions(options);
  return () => undefined;
}

function readDefaults(options: RegisterOptions): Defaults {
  const given = nullPrototype<RegisterOptions>({}, options);
  const { passFds = [] } = readLaunchOptions(given, false);
  return {
    options: pickLaunchOptions(nullPrototype(given, { passFds: undefined })),
    passFds: passFds.map(identifyFd),
  };
}

/** `safe-spawn/child_process` finds the functions here, since it is no part of this bundle. */
Object.defineProperty(register, Symbol.for('safe-spawn.in-place'), nonEnumerable(inPlace));

function install(): Registration {
  const replaced: Partial<Record<FunctionName, unknown>> = {};
  for (const name of Object.keys(inPlace) as FunctionName[]) {
    // One that another tool has wrapped stays: it ends in a method that is overridden below. The others end nowhere.
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

/** Restores Node's functions. A function of another tool stays. */
function uninstall(): void {
  for (const [name, original] of Object.entries(registration()?.replaced ?? {})) {
    if (Reflect.get(childProcess, name) === inPlace[name as FunctionName])
      Reflect.set(childProcess, name, original);
  }
  restoreSpawn();
  syncBuiltinESMExports();
  setRegistration(undefined);
}
