import { channel } from 'node:diagnostics_channel';
import { types } from 'node:util';
import { addon } from '../native/addon.js';
import { readsReplacedEnvironment } from './argument-errors.js';
import { hasPermissionModel } from './permission.js';
import { isUnwatched } from './spawn-override.js';

const spawnStarts = channel('tracing:child_process.spawn:start');

let foundEnvironment: NodeJS.ProcessEnv | undefined;

/**
 * The environment of the process or the Worker, which is not `process.env` where a program has replaced that. Undefined
 * as long as nothing else was seen there.
 */
function genuineEnvironment(): NodeJS.ProcessEnv | undefined {
  if (foundEnvironment === undefined && !types.isProxy(process.env) && refusesSymbols(process.env)) {
    foundEnvironment = process.env;
  }
  return foundEnvironment;
}

genuineEnvironment();

/** Only the genuine one does. An ordinary object takes the property, and is rid of it at once. */
function refusesSymbols(environment: object): boolean {
  const probe = Symbol('safe-spawn');
  try {
    Reflect.set(environment, probe, '');
    Reflect.deleteProperty(environment, probe);
    return false;
  } catch {
    return true;
  }
}

/** True if the child is to get the environment of this process, and nobody looks at a copy of it. */
export function canInheritEnvironment(): boolean {
  if (process.env !== genuineEnvironment() || hasPermissionModel()) return false;
  return isUnwatched() && !spawnStarts.hasSubscribers;
}

/**
 * A Worker can share the environment of the process, and replace its strings while the addon reads them. Where
 * `internal/worker` was not loaded there is none yet, and Node tells of each that is made later.
 */
let mayHaveWorkers = isWorkerClassLoaded();
if (!mayHaveWorkers) {
  channel('worker_threads').subscribe(() => {
    mayHaveWorkers = true;
  });
}

function isWorkerClassLoaded(): boolean {
  const { moduleLoadList: loaded } = process as { moduleLoadList?: readonly string[] };
  return loaded === undefined || loaded.includes('NativeModule internal/worker');
}

/** Whether what exec gets by itself is what `process.env` says, and no other thread of Node can change it. */
export function isEnvironmentOursAlone(): boolean {
  return !mayHaveWorkers && addon().hasPlainEnvironment() && !isPolluted();
}

/** Whether all objects inherit something enumerable, which is a variable to Node. */
function isPolluted(): boolean {
  for (const _ in Object.prototype) return true;
  return false;
}

/** The environment that Node gives to a child in spite of the object in its place; undefined if it gives that object. */
export function environmentBehindReplaced(): NodeJS.ProcessEnv | undefined {
  const genuine = genuineEnvironment();
  if (process.env === genuine || genuine === undefined) return undefined;
  return readsReplacedEnvironment() ? undefined : genuine;
}

/** Whether Node adds to every environment: where coverage is collected, and what this process is permitted. */
export function addsToEnvironments(): boolean {
  return hasPermissionModel() || Boolean(process.env['NODE_V8_COVERAGE']);
}
