/** The environment that Node gives to a child. */
import { channel } from 'node:diagnostics_channel';
import { types } from 'node:util';
import { addon, isBuildingSnapshot } from '../native/addon.js';
import { nullPrototype } from '../util/objects.js';
import { environmentSource } from './argument-errors.js';
import { hasPermissionModel } from './permission.js';
import { isUnwatched } from './spawn-override.js';

/** These are read at load, since a program may replace them later. */
const {
  create,
  defineProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  isExtensible,
  keys,
  preventExtensions,
} = Object;
const { ownKeys } = Reflect;

const spawnStarts = channel('tracing:child_process.spawn:start');

let foundEnvironment: NodeJS.ProcessEnv | undefined;

/**
 * Returns the environment of the process or the Worker if a program has replaced `process.env`, or undefined if no other
 * object was seen there. An accessor can return another object each time.
 */
function genuineEnvironment(): NodeJS.ProcessEnv | undefined {
  if (foundEnvironment !== undefined) return foundEnvironment;
  const current = currentEnvironment();
  if (current !== undefined && !types.isProxy(current) && refusesSymbols(current)) foundEnvironment = current;
  return foundEnvironment;
}

/** Returns the value of `process.env`; undefined if it is an accessor. */
function currentEnvironment(): NodeJS.ProcessEnv | undefined {
  return getOwnPropertyDescriptor(process, 'env')?.value;
}

genuineEnvironment();

/** Tests an object: only the genuine environment refuses this property. An ordinary object loses it again at once. */
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

/**
 * Returns `NAME=value` for each variable of a child, as this Node makes them of the option `env`. Undefined if the child is
 * to get the environment of this process, and no other code looks at a copy of it.
 *
 * @param throwNodeError lets Node look at an environment, which it completes, or at its own one
 */
export function readEnvironment(
  given: NodeJS.ProcessEnv | undefined,
  throwNodeError: (environment?: NodeJS.ProcessEnv) => void,
): string[] | undefined {
  if (given) {
    const environment = Object(given);
    return environmentPairs(
      addsToEnvironments() ? completeEnvironment(environment, throwNodeError) : environment,
    );
  }
  if (canInheritEnvironment()) return undefined;
  if (!addsToEnvironments() || environmentSource() === 'genuine') return inheritedPairs();
  if (environmentSource() === 'copy')
    return environmentPairs(completeEnvironment({ ...process.env }, throwNodeError));
  throwNodeError();
  return inheritedPairs();
}

function canInheritEnvironment(): boolean {
  const current = currentEnvironment();
  if (current === undefined || current !== genuineEnvironment() || hasPermissionModel) return false;
  return isUnwatched() && !spawnStarts.hasSubscribers;
}

/** Returns the variables of a child without an environment of its own. */
export function inheritedPairs(): string[] {
  const source = environmentSource();
  if (source === 'itself') return environmentPairs(process.env);
  if (source === 'copy') return environmentPairs({ ...process.env });
  const genuine = genuineEnvironment() ?? process.env;
  const names = keys(genuine);
  const pairs: string[] = [];
  for (let index = 0; index < names.length; index++) {
    const value = genuine[names[index] as string];
    // Another thread can have deleted it meanwhile.
    if (value !== undefined) pairs[pairs.length] = `${names[index]}=${value}`;
  }
  return pairs;
}

/** Returns `NAME=value` for everything enumerable in an environment, inherited properties included. */
function environmentPairs(environment: object): string[] {
  const pairs: string[] = [];
  for (const name in environment) {
    const value = (environment as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined) pairs[pairs.length] = `${name}=${value}`;
  }
  return pairs;
}

/** Returns whether Node adds variables to every environment: the directory for coverage, and the permissions of this process. */
function addsToEnvironments(): boolean {
  return hasPermissionModel || Boolean(process.env['NODE_V8_COVERAGE']);
}

/**
 * Returns an environment as this Node completes it when it looks at the arguments of a spawn. Node writes into the caller's
 * own object, so it gets a copy. A proxy is not copied, since it decides itself what it takes and shows.
 */
function completeEnvironment(
  environment: object,
  throwNodeError: (environment: NodeJS.ProcessEnv) => void,
): object {
  const completed = types.isProxy(environment) ? environment : copyEnvironment(environment);
  throwNodeError(completed as NodeJS.ProcessEnv);
  return completed;
}

/** Defines each property instead of assigning it: a setter on the prototype would take the value, or throw. */
function copyEnvironment(environment: object): object {
  const copy = create(getPrototypeOf(environment));
  const names = ownKeys(environment);
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    defineProperty(copy, name, dataDescriptor(environment, name));
  }
  return isExtensible(environment) ? copy : preventExtensions(copy);
}

/** Describes a property by the value that it has now. Node reads no value of a property that is not enumerable. */
function dataDescriptor(environment: object, name: string): PropertyDescriptor {
  const { enumerable = false, writable, set } = getOwnPropertyDescriptor(environment, name) ?? {};
  const value = enumerable ? Reflect.get(environment, name) : undefined;
  return nullPrototype({ value, enumerable, writable: writable ?? set !== undefined, configurable: true });
}

/**
 * True once there may be a Worker. It can share the environment of the process and replace strings while the addon reads
 * them. If `internal/worker` was not loaded, there is no Worker yet, and Node announces each later one on a channel. Node 22
 * aborts if a startup snapshot has a subscriber, and no child is started there.
 */
let mayHaveWorkers = isWorkerClassLoaded() || isBuildingSnapshot();
if (!mayHaveWorkers) {
  channel('worker_threads').subscribe(() => {
    mayHaveWorkers = true;
  });
}

function isWorkerClassLoaded(): boolean {
  const { moduleLoadList: loaded } = process as { moduleLoadList?: readonly string[] };
  return loaded === undefined || loaded.includes('NativeModule internal/worker');
}

/**
 * Returns whether `environ` equals `process.env`, so that the child can inherit it, and no other thread of Node can change
 * it. The prototype is checked first, since it can be a proxy whose code changes the rest.
 */
export function isEnvironmentOursAlone(): boolean {
  return !isPolluted() && !mayHaveWorkers && addon().hasPlainEnvironment();
}

/** Returns whether the environment inherits an enumerable property, which Node takes for a variable. */
function isPolluted(): boolean {
  for (const _ in getPrototypeOf(genuineEnvironment())) return true;
  for (const _ in Object.prototype) return true;
  return false;
}
