import { contractBroken } from '../util/errors.js';
import { hintAtSignal } from '../util/signals.js';
import { isAbsentOr, isInput, isRecord, isText } from '../util/validators.js';
import { type FunctionName, node } from './originals.js';

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
    judge('spawn', NO_FILE, [], { killSignal: IMPOSSIBLE });
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
const IMPOSSIBLE = Symbol('safe-spawn');
const IMPOSSIBLE_STDIO = 1;
const NO_FILE = '/dev/null/safe-spawn';
const NO_DIRECTORY = '/dev/null';

function judge(name: FunctionName, ...parameters: unknown[]): void {
  try {
    node[name](...parameters);
  } catch (error) {
    if (String(error).includes(String(IMPOSSIBLE))) return;
    throw hinted(error as Error);
  }
  throw contractBroken(`child_process.${name}() takes what it must refuse`);
}

/** Adds to Node's error the name that was meant. */
function hinted(error: Error): Error {
  const [, signal] = /^Unknown signal: (\w+)$/.exec(error.message) ?? [];
  if (signal !== undefined) error.message += hintAtSignal(signal);
  return error;
}

/** @param validSignal whether `options.killSignal` is none of the things that are wrong */
export function judgeArguments(file: unknown, args: unknown, options: object, validSignal: boolean): void {
  const impossible = { ...options, stdio: IMPOSSIBLE_STDIO };
  judge('spawn', file, args, validSignal ? { ...impossible, killSignal: IMPOSSIBLE } : impossible);
}

/** Of something that can't be options. */
export function judgeOptions(options: unknown): void {
  judge('spawn', NO_FILE, [], options);
}

/** Of `execFile` and `execFileSync`, which sort and check their own arguments in the same way. */
export function judgeExecFile(file: unknown, args: unknown, options: unknown, callback: unknown): void {
  const impossible = isRecord(options) ? { ...options, signal: IMPOSSIBLE, cwd: NO_DIRECTORY } : options;
  judge('execFile', file, args, impossible, callback);
}

export function judgeExec(command: unknown): void {
  judge('exec', command, { signal: IMPOSSIBLE, cwd: NO_DIRECTORY });
}

export function judgeFork(modulePath: unknown, args: unknown, options: object): void {
  const { execPath } = options as { execPath?: unknown };
  const nowhere = !execPath || isText(execPath) ? { execPath: NO_FILE } : {};
  judge('fork', modulePath, args, { ...options, ...nowhere, killSignal: IMPOSSIBLE });
}

/** Of something that can't be options. */
export function judgeForkOptions(modulePath: unknown, args: unknown, options: unknown): void {
  judge('fork', modulePath, args, options);
}

/** Of `input` too, which is looked at last. */
export function judgeSpawnSync(file: unknown, args: unknown, options: object): void {
  const { cwd, input } = options as { cwd?: unknown; input?: unknown };
  const nowhere = isAbsentOr(isText)(cwd) ? { cwd: NO_DIRECTORY } : {};
  judge('spawnSync', file, args, { ...options, ...nowhere, input: isInput(input) ? IMPOSSIBLE : input });
}
