import { getSystemErrorName, inspect } from 'node:util';
import type { Rlimits } from '../types.js';
import { nonEnumerable } from './objects.js';
import { hintAtSignal } from './signals.js';

/** A step of a launch, in the order in which they run. */
export type LaunchStep =
  | 'stdio'
  | 'cgroup'
  | 'clone'
  | 'signals'
  | 'session'
  | 'processGroup'
  | 'closeFds'
  | 'oomScoreAdj'
  | 'umask'
  | 'nice'
  | `rlimit ${keyof Rlimits}`
  | 'cwd'
  | 'groups'
  | 'gid'
  | 'uid'
  | 'noNewPrivileges'
  | 'deathSignal'
  | 'signalMask'
  | 'exec';

/** A `code` of an error that only this library throws. */
export type SafeSpawnErrorCode =
  | 'ERR_SAFE_SPAWN_ADDON'
  | 'ERR_SAFE_SPAWN_ADDONS_DISABLED'
  | 'ERR_SAFE_SPAWN_INCOMPATIBLE_NODE'
  | 'ERR_SAFE_SPAWN_KILL_TREE'
  | 'ERR_SAFE_SPAWN_STOP';

/** The error of a failed launch: Node's error, with the fields that this library adds. */
export interface SpawnError extends NodeJS.ErrnoException {
  /** The step of the launch that failed. */
  step?: LaunchStep;
  /** Arguments of the program, without argv[0]. Present on emitted errors only. */
  spawnargs?: string[];
  /** The signal that killed the child before it could exec. */
  signal?: NodeJS.Signals;
}

interface Kind {
  readonly Base: typeof Error;
  // biome-ignore lint/suspicious/noExplicitAny: each row of the table has its own parameters
  readonly message: (...parameters: any[]) => string;
}

/** Every error that this library makes itself, keyed by its code. Node makes the others. */
const ERRORS = {
  ERR_CHILD_PROCESS_STDIO_MAXBUFFER: {
    Base: RangeError,
    message: (stream: string) => `${stream} maxBuffer length exceeded`,
  },
  ERR_FEATURE_UNAVAILABLE_ON_PLATFORM: {
    Base: TypeError,
    message: (feature: string, place: string) => `${feature} is unavailable on ${place}`,
  },
  ERR_INVALID_ARG_TYPE: {
    Base: TypeError,
    message: (name: string, expected: string, actual: unknown) =>
      `The ${kindOf(name)} must be ${expected}. Received ${describeType(actual)}`,
  },
  ERR_INVALID_ARG_VALUE: {
    Base: TypeError,
    message: (name: string, value: unknown, reason: string) =>
      `The ${name.includes('.') ? 'property' : 'argument'} '${name}' ${reason}. Received ${inspect(value)}`,
  },
  ERR_NOT_SUPPORTED_IN_SNAPSHOT: {
    Base: Error,
    message: (what: string) => `${what} is not supported while a startup snapshot is built`,
  },
  ERR_OUT_OF_RANGE: {
    Base: RangeError,
    message: (name: string, range: string, value: unknown) =>
      `The value of "${name}" is out of range. It must be ${range}. Received ${inspect(value)}`,
  },
  ERR_SAFE_SPAWN_ADDON: {
    Base: Error,
    message: (text: string) => text,
  },
  ERR_SAFE_SPAWN_ADDONS_DISABLED: {
    Base: Error,
    message: () =>
      'cannot load the native addon of safe-spawn: this Node runs without native addons. ' +
      'Remove --no-addons, or add --allow-addons to --permission.',
  },
  ERR_SAFE_SPAWN_INCOMPATIBLE_NODE: {
    Base: Error,
    message: (difference: string) =>
      `safe-spawn does not support the ChildProcess of Node ${process.version} in this process: ${difference}. ` +
      'No child was started, since descriptors could have leaked. A newer version of safe-spawn may support it.',
  },
  ERR_SAFE_SPAWN_KILL_TREE: {
    Base: Error,
    message: (reason: string) => `killTree() ${reason}`,
  },
  ERR_SAFE_SPAWN_STOP: {
    Base: Error,
    message: (pids: readonly number[], reason: string) =>
      `stop() could not end ${pids.length === 1 ? 'process' : 'processes'} ${pids.join(', ')}: ${reason}`,
  },
  ERR_UNKNOWN_SIGNAL: {
    Base: TypeError,
    message: (signal: unknown) => `Unknown signal: ${signal}${hintAtSignal(signal)}`,
  },
  ERR_WORKER_UNSUPPORTED_OPERATION: {
    Base: TypeError,
    message: (feature: string, reason: string) => `${feature} is not supported in workers: ${reason}`,
  },
} satisfies Record<SafeSpawnErrorCode, Kind> & Record<string, Kind>;

type Code = keyof typeof ERRORS;

export function invalidType(name: string, expected: string, actual: unknown): TypeError {
  return make('ERR_INVALID_ARG_TYPE', invalidType, name, expected, actual);
}

export function invalidValue(name: string, value: unknown, reason: string): TypeError {
  return make('ERR_INVALID_ARG_VALUE', invalidValue, name, value, reason);
}

export function outOfRange(name: string, range: string, value: unknown): RangeError {
  return make('ERR_OUT_OF_RANGE', outOfRange, name, range, value);
}

export function maxBufferExceeded(stream: string): RangeError {
  return make('ERR_CHILD_PROCESS_STDIO_MAXBUFFER', maxBufferExceeded, stream);
}

export function unsupportedPlatform(feature: string): TypeError {
  return make('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', unsupportedPlatform, feature, process.platform);
}

export function unsupportedRuntime(name: string): TypeError {
  return make('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', unsupportedRuntime, 'safe-spawn', name);
}

export function addonMissing(text: string, cause: unknown): Error {
  const disabled = (cause as NodeJS.ErrnoException).code === 'ERR_DLOPEN_DISABLED';
  const error = disabled
    ? make('ERR_SAFE_SPAWN_ADDONS_DISABLED', addonMissing)
    : make('ERR_SAFE_SPAWN_ADDON', addonMissing, text);
  return Object.defineProperty(error, 'cause', nonEnumerable(cause));
}

export function unsupportedInSnapshots(what: string): Error {
  return make('ERR_NOT_SUPPORTED_IN_SNAPSHOT', unsupportedInSnapshots, what);
}

export function unknownSignal(signal: unknown): TypeError {
  return make('ERR_UNKNOWN_SIGNAL', unknownSignal, signal);
}

export function unsupportedInWorkers(feature: string, reason: string): TypeError {
  return make('ERR_WORKER_UNSUPPORTED_OPERATION', unsupportedInWorkers, feature, reason);
}

export function killTreeError(reason: string): Error {
  return make('ERR_SAFE_SPAWN_KILL_TREE', killTreeError, reason);
}

/** Error of `child.stop()`. */
export interface StopError extends Error {
  readonly code: 'ERR_SAFE_SPAWN_STOP';
  /** Processes that still run. */
  readonly pids: readonly number[];
}

export function stopError(pids: readonly number[], reason: string, cause: unknown): StopError {
  const error = make('ERR_SAFE_SPAWN_STOP', stopError, pids, reason);
  if (cause !== undefined) Object.defineProperty(error, 'cause', nonEnumerable(cause));
  return Object.assign(error, { pids }) as unknown as StopError;
}

export function incompatibleNode(difference: string): Error {
  return make('ERR_SAFE_SPAWN_INCOMPATIBLE_NODE', incompatibleNode, difference);
}

/** Returns an error for a negative errno, with the fields of libuv and Node. */
export function systemError(errno: number, syscall: string): NodeJS.ErrnoException {
  const code = getSystemErrorName(errno);
  const error: NodeJS.ErrnoException = new Error(`${syscall} ${code}`);
  return Object.assign(error, { errno, code, syscall });
}

/** Copies Node's AbortError, which Node does not export and which is not a DOMException. */
export class AbortError extends Error {
  readonly code: string = 'ABORT_ERR';
  override readonly name: string = 'AbortError';

  constructor(cause: unknown) {
    super('The operation was aborted', { cause });
  }
}

/** Returns an error that prints as Node's do, with the code in the first line of the stack but not in the name. */
function make(code: Code, caller: (...parameters: never[]) => Error, ...parameters: unknown[]): Error {
  const { Base, message }: Kind = ERRORS[code];
  const error: NodeJS.ErrnoException = new Base(message(...parameters));
  const heading = `${Base.name} [${code}]`;
  Object.defineProperty(error, 'name', nonEnumerable(heading));
  Error.captureStackTrace(error, caller);
  readStack(error);
  Reflect.deleteProperty(error, 'name');
  const show = () => `${heading}: ${error.message}`;
  Object.defineProperty(error, 'toString', nonEnumerable(show));
  error.code = code;
  return error;
}

/** V8 writes the first line of the stack when the stack is read for the first time. */
function readStack(error: Error): string | undefined {
  return error.stack;
}

function kindOf(name: string): string {
  return `"${name}" ${name.includes('.') ? 'property' : 'argument'}`;
}

function describeType(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'object') return describeObject(value);
  return `type ${typeof value} (${inspect(value).slice(0, 40)})`;
}

function describeObject(value: object): string {
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : inspect(value, { depth: -1 });
}
