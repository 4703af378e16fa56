import type { ChildProcess, ForkOptions, fork } from 'node:child_process';
import type { SafeChildProcess } from '../launch/child-methods.js';
import { throwNodeErrorForFork, throwNodeErrorForForkOptions } from '../node/argument-errors.js';
import { forkArguments } from '../node/fork-arguments.js';
import { rejectMisspelt } from '../options/misspelt.js';
import { pathOf } from '../options/spawn-arguments.js';
import type { WithLaunchOptions } from '../types.js';
import { copyList } from '../util/lists.js';
import { nullPrototype } from '../util/objects.js';
import { isAbsentOr, isRecord, isStringWithoutNul } from '../util/validators.js';
import { publicFunction } from './public-function.js';
import { runSpawn } from './spawn.js';

type Options = WithLaunchOptions<ForkOptions>;

/** The overloads of `fork`, also with launch options. */
export type SafeFork = {
  (modulePath: string | URL, options?: ForkOptions | WithLaunchOptions<ForkOptions>): SafeChildProcess;
  (
    modulePath: string | URL,
    args?: readonly string[],
    options?: ForkOptions | WithLaunchOptions<ForkOptions>,
  ): SafeChildProcess;
} & typeof fork;

export function runFork(modulePath: unknown, args: unknown = [], options?: unknown): ChildProcess {
  const optionsAreSecond = isRecord(args);
  const list = optionsAreSecond ? [] : (args ?? []);
  const copy = copyOptions(modulePath, list, optionsAreSecond ? args : options);
  if (isInvalid(modulePath, list, copy)) throwNodeErrorForFork(modulePath, list, copy);
  const execPath = copy.execPath || process.execPath;
  const execArgv = copyList(forkArguments(copy.execArgv));
  const command = [...execArgv, pathOf(modulePath), ...copyList(list as unknown[])];
  const complete = { ...copy, execPath, stdio: withChannel(copy), shell: false };
  return runSpawn(execPath, command, complete);
}

/**
 * Starts a Node process with an IPC channel, as `child_process.fork` does, by way of {@link safeSpawn}. It also takes the
 * launch options ({@link LaunchOptions}), and throws the same errors as {@link safeSpawn}.
 *
 * @example
 * safeFork('worker.js', [], { rlimits: { core: 0 } }).send('ready?');
 */
export const safeFork: SafeFork = publicFunction('safeFork', 'fork', runFork, rejectMisspelt);

function copyOptions(modulePath: unknown, list: unknown, options: unknown): Options {
  if (!isAbsentOr(isRecord)(options)) throwNodeErrorForForkOptions(modulePath, list, options);
  return nullPrototype<Options>({}, options as Options | undefined);
}

/** Validates what only `fork` reads. {@link safeSpawn} validates the rest. */
function isInvalid(modulePath: unknown, list: unknown, { execPath, execArgv, stdio }: Options): boolean {
  if (!isStringWithoutNul(modulePath) && !(modulePath instanceof URL)) return true;
  if (!Array.isArray(list) || !isAbsentOr(isStringWithoutNul)(execPath)) return true;
  if (execArgv && !(Array.isArray(execArgv) && copyList(execArgv).every(isStringWithoutNul))) return true;
  return Array.isArray(stdio)
    ? !copyList(stdio).includes('ipc')
    : typeof stdio === 'string' && !SHORTHANDS.has(stdio);
}

const SHORTHANDS: ReadonlySet<string> = new Set(['ignore', 'inherit', 'overlapped', 'pipe']);

/** Makes descriptor 3 the channel, unless `stdio` is an array. */
function withChannel({ stdio, silent }: Options): NonNullable<ForkOptions['stdio']> {
  if (Array.isArray(stdio)) return stdio;
  const each = typeof stdio === 'string' ? stdio : silentOrNot(silent);
  return [each, each, each, 'ipc'];
}

function silentOrNot(silent: boolean | undefined): 'pipe' | 'inherit' {
  return silent ? 'pipe' : 'inherit';
}
