import { incompatibleNode } from '../util/errors.js';
import { nullPrototype } from '../util/objects.js';
import { hintAtSignal } from '../util/signals.js';
import { isAbsentOr, isInput, isRecord, isStringWithoutNul } from '../util/validators.js';
import { type FunctionName, originals } from './originals.js';

/**
 * The place from which Node takes the variables of a child, if the caller gives none. `itself` is `process.env`, with what it
 * inherits (Node 20). `copy` is a copy of its own properties. `genuine` is the environment of the process, even if a program
 * has replaced `process.env` (since 26.12, except under the permission model).
 */
type EnvironmentSource = 'itself' | 'copy' | 'genuine';

let source: EnvironmentSource | undefined;

export function environmentSource(): EnvironmentSource {
  source ??= findEnvironmentSource();
  return source;
}

/** Asks Node to start a child that it must refuse, with an object as `process.env` that notes what is read of it. */
function findEnvironmentSource(): EnvironmentSource {
  const read = new Set<string>();
  const noting = (name: string): PropertyDescriptor =>
    nullPrototype({ get: () => void read.add(name), enumerable: true, configurable: true });
  const inherited = Object.defineProperty({}, 'SAFE_SPAWN_INHERITED', noting('inherited'));
  const environment = Object.defineProperty(Object.create(inherited), 'SAFE_SPAWN', noting('own'));
  try {
    withEnvironment(environment, () => throwNodeError('spawn', NO_FILE, [], { killSignal: SENTINEL }));
  } catch {
    // Either another tool's function passed the value on, or process.env can't be replaced.
    return 'copy';
  }
  if (read.has('inherited')) return 'itself';
  return read.has('own') ? 'copy' : 'genuine';
}

/** Defines `process.env` instead of assigning it, since a program may have made it an accessor. */
function withEnvironment(value: object, action: () => void): void {
  const before = Object.getOwnPropertyDescriptor(process, 'env') as PropertyDescriptor;
  Object.defineProperty(
    process,
    'env',
    nullPrototype({ value, writable: true, enumerable: true, configurable: true }),
  );
  try {
    action();
  } finally {
    Object.defineProperty(process, 'env', before);
  }
}

/*
 * Each of these functions calls Node's function with the caller's arguments and lets it throw its own error. Node does not
 * export its errors, and they differ by version. The function returns if Node finds nothing wrong.
 *
 * No child can start. Node gets an impossible value in the argument that it validates last. If a future Node accepts that,
 * it still gets a file that can't exist, a directory that is none, or stdio that it must refuse.
 */

/** Thrown when Node reaches the impossible value, after it has accepted everything else. Node 22 can't put an Error in a snapshot. */
const ACCEPTED: object = Object.freeze(Object.create(null));

/** A value of a type that Node never accepts. Node's error names its constructor. */
const SENTINEL: object = Object.defineProperty(
  Object.create(null),
  'constructor',
  nullPrototype({
    get(): never {
      throw ACCEPTED;
    },
  }),
);
const INVALID_STDIO = 1;
const NO_FILE = '/dev/null/safe-spawn';
const NO_DIRECTORY = '/dev/null';

function throwNodeError(name: FunctionName, ...parameters: unknown[]): void {
  try {
    originals[name](...parameters);
  } catch (error) {
    if (error === ACCEPTED) return;
    throw hinted(error as Error);
  }
  throw incompatibleNode(`child_process.${name}() takes what it must refuse`);
}

/** Adds a hint at the right name to Node's error. */
function hinted(error: Error): Error {
  const [, signal] = /^Unknown signal: (\w+)$/.exec(error.message) ?? [];
  if (signal !== undefined) error.message += hintAtSignal(signal);
  return error;
}

/** @param validSignal true if `options.killSignal` is valid */
export function throwNodeErrorForSpawn(
  file: unknown,
  args: unknown,
  options: object,
  validSignal: boolean,
): void {
  const impossible = { ...options, stdio: INVALID_STDIO };
  throwNodeError('spawn', file, args, validSignal ? { ...impossible, killSignal: SENTINEL } : impossible);
}

/** Throws Node's error for a value that is not an options object. */
export function throwNodeErrorForOptions(options: unknown): void {
  throwNodeError('spawn', NO_FILE, [], options);
}

/** Throws the error of `execFile` and `execFileSync`, which sort and validate their arguments in the same way. */
export function throwNodeErrorForExecFile(
  file: unknown,
  args: unknown,
  options: unknown,
  callback: unknown,
): void {
  const impossible = isRecord(options) ? { ...options, signal: SENTINEL, cwd: NO_DIRECTORY } : options;
  throwNodeError('execFile', file, args, impossible, callback);
}

export function throwNodeErrorForExec(command: unknown): void {
  throwNodeError('exec', command, { signal: SENTINEL, cwd: NO_DIRECTORY });
}

export function throwNodeErrorForFork(modulePath: unknown, args: unknown, options: object): void {
  const { execPath } = options as { execPath?: unknown };
  const nowhere = !execPath || isStringWithoutNul(execPath) ? { execPath: NO_FILE } : {};
  throwNodeError('fork', modulePath, args, { ...options, ...nowhere, killSignal: SENTINEL });
}

/** Throws the error of `fork` for a value that is not an options object. */
export function throwNodeErrorForForkOptions(modulePath: unknown, args: unknown, options: unknown): void {
  throwNodeError('fork', modulePath, args, options);
}

/** Throws the error of `spawnSync`, also for `input`, which Node validates last. */
export function throwNodeErrorForSpawnSync(file: unknown, args: unknown, options: object): void {
  const { cwd, input } = options as { cwd?: unknown; input?: unknown };
  const nowhere = isAbsentOr(isStringWithoutNul)(cwd) ? { cwd: NO_DIRECTORY } : {};
  throwNodeError('spawnSync', file, args, {
    ...options,
    ...nowhere,
    input: isInput(input) ? SENTINEL : input,
  });
}
