import { incompatibleNode } from '../util/errors.js';
import { hintAtSignal } from '../util/signals.js';
import { isAbsentOr, isInput, isRecord, isStringWithoutNul } from '../util/validators.js';
import { type FunctionName, originals } from './originals.js';

let readsReplaced: boolean | undefined;

/**
 * Whether Node takes the environment of a child from an object that a program has put in the place of `process.env`.
 * Since 26.12 it does not, except under the permission model. It is asked to start a child that it must refuse.
 */
export function readsReplacedEnvironment(): boolean {
  readsReplaced ??= isReadBySpawn();
  return readsReplaced;
}

function isReadBySpawn(): boolean {
  const current = process.env;
  let isRead = false;
  process.env = {
    get SAFE_SPAWN(): string {
      isRead = true;
      return '';
    },
  };
  try {
    throwNodeError('spawn', NO_FILE, [], { killSignal: SENTINEL });
  } catch {
    // Another tool's function, which passes on what it is given.
    return true;
  } finally {
    process.env = current;
  }
  return isRead;
}

/*
 * Each of these throws what Node's function throws for these arguments, since its errors are not exported and differ
 * by version, and returns if Node finds nothing wrong. Nothing can be started by it: Node gets something impossible
 * in a place that it looks at after all others, and in case that a future Node lets it pass, a file that can't exist,
 * a directory that is none, or stdio that it must refuse.
 */
const SENTINEL = Symbol('safe-spawn');
const INVALID_STDIO = 1;
const NO_FILE = '/dev/null/safe-spawn';
const NO_DIRECTORY = '/dev/null';

function throwNodeError(name: FunctionName, ...parameters: unknown[]): void {
  try {
    originals[name](...parameters);
  } catch (error) {
    if (String(error).includes(String(SENTINEL))) return;
    throw hinted(error as Error);
  }
  throw incompatibleNode(`child_process.${name}() takes what it must refuse`);
}

/** Adds to Node's error the name that was meant. */
function hinted(error: Error): Error {
  const [, signal] = /^Unknown signal: (\w+)$/.exec(error.message) ?? [];
  if (signal !== undefined) error.message += hintAtSignal(signal);
  return error;
}

/** @param validSignal whether `options.killSignal` is none of the things that are wrong */
export function throwNodeErrorForSpawn(
  file: unknown,
  args: unknown,
  options: object,
  validSignal: boolean,
): void {
  const impossible = { ...options, stdio: INVALID_STDIO };
  throwNodeError('spawn', file, args, validSignal ? { ...impossible, killSignal: SENTINEL } : impossible);
}

/** Of something that can't be options. */
export function throwNodeErrorForOptions(options: unknown): void {
  throwNodeError('spawn', NO_FILE, [], options);
}

/** Of `execFile` and `execFileSync`, which sort and check their own arguments in the same way. */
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

/** Of something that can't be options. */
export function throwNodeErrorForForkOptions(modulePath: unknown, args: unknown, options: unknown): void {
  throwNodeError('fork', modulePath, args, options);
}

/** Of `input` too, which is looked at last. */
export function throwNodeErrorForSpawnSync(file: unknown, args: unknown, options: object): void {
  const { cwd, input } = options as { cwd?: unknown; input?: unknown };
  const nowhere = isAbsentOr(isStringWithoutNul)(cwd) ? { cwd: NO_DIRECTORY } : {};
  throwNodeError('spawnSync', file, args, {
    ...options,
    ...nowhere,
    input: isInput(input) ? SENTINEL : input,
  });
}
