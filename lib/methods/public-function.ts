import type { ChildProcess } from 'node:child_process';
import { addChildMethods, type SafeChildProcess } from '../launch/child-methods.js';
import { type FunctionName, originals } from '../node/originals.js';
import { rejectLaunchOptions } from '../options/launch-options.js';
import { addExitStatus } from '../terminate/exit-status.js';
import { PortableProcess, withPortableExitStatus } from '../terminate/portable-child.js';
import { nullPrototype } from '../util/objects.js';
import { isLinux } from '../util/platform.js';
import { isRecord } from '../util/validators.js';

type Launch = (...parameters: never[]) => unknown;

/**
 * Returns a function for users. It examines each of its parameters, since any may be the options, and then starts a child.
 * On platforms other than Linux, Node's function with the name `replaces` starts the child.
 */
export function publicFunction<Public>(
  name: string,
  replaces: FunctionName,
  launch: Launch,
  examine: (options: unknown) => void,
): Public {
  const start: Launch = isLinux ? launch : (...parameters) => delegateToNode(replaces, parameters);
  const examined: Launch = (...parameters) => {
    parameters.forEach(examine);
    return start(...parameters);
  };
  Object.defineProperty(examined, 'name', nullPrototype({ value: name, configurable: true }));
  Object.defineProperty(examined, 'length', nullPrototype({ value: launch.length, configurable: true }));
  return examined as Public;
}

// ---- other systems -------------------------------------------------------------------------------------------

/** Throws for launch options, which Node would ignore silently. */
function delegateToNode(name: FunctionName, parameters: readonly unknown[]): unknown {
  parameters.forEach(rejectLaunchOptions);
  return name.endsWith('Sync')
    ? withPortableExitStatus(() => originals[name](...parameters))
    : startByNode(name, parameters);
}

type Callback = (error: Error | null, ...written: unknown[]) => void;

function startByNode(name: FunctionName, parameters: readonly unknown[]): SafeChildProcess {
  // An error gets the exit status before the caller sees it.
  const reporting = (callback: Callback): Callback =>
    function report(error, ...written) {
      if (error !== null) addExitStatus(error, child.exitStatus);
      callback(error, ...written);
    };
  const passed = parameters.map((one) => (typeof one === 'function' ? reporting(one as Callback) : one));
  const started = originals[name](...passed) as ChildProcess;
  const child = addChildMethods(started, new PortableProcess(started, optionsWithDetached(name, parameters)));
  return child;
}

/** Returns the options of a function that has the option `detached`, which `exec` and `execFile` ignore. */
function optionsWithDetached(name: FunctionName, [, ...parameters]: readonly unknown[]): unknown {
  return name === 'spawn' || name === 'fork' ? parameters.find(isRecord) : undefined;
}
