import type { ChildProcess, ForkOptions, fork } from 'node:child_process';
import type { SafeChildProcess } from '../launch/child-methods.js';
import { throwNodeErrorForFork, throwNodeErrorForForkOptions } from '../node/argument-errors.js';
import { forkArguments } from '../node/fork-arguments.js';
import { refuseMisspelt } from '../options/misspelt.js';
import { pathOf } from '../options/spawn-arguments.js';
import type { WithLaunchOptions } from '../types.js';
import { copyList } from '../util/lists.js';
import { nullPrototype } from '../util/objects.js';
import { isAbsentOr, isRecord, isStringWithoutNul } from '../util/validators.js';
import { publicFunction } from './public-function.js';
import { runSpawn } from './spawn.js';

type Given = WithLaunchOptions<ForkOptions>;

/** What `fork` can be called with, and the same with launch options. */
export type SafeFork = {
  (modulePath: string | URL, options?: ForkOptions | WithLaunchOptions<ForkOptions>): SafeChildProcess;
  (
    modulePath: string | URL,
    args?: readonly string[],
    options?: ForkOptions | WithLaunchOptions<ForkOptions>,
  ): SafeChildProcess;
} & typeof fork;

export function runFork(modulePath: unknown, args: unknown = [], options?: unknown): ChildProcess {
  const isSecond = isRecord(args);
  const list = isSecond ? [] : (args ?? []);
  const given = copyOptions(modulePath, list, isSecond ? args : options);
  if (isInvalid(modulePath, list, given)) throwNodeErrorForFork(modulePath, list, given);
  const execPath = given.execPath || process.execPath;
  const execArgv = copyList(forkArguments(given.execArgv));
  const command = [...execArgv, pathOf(modulePath), ...copyList(list as unknown[])];
  const complete = { ...given, execPath, stdio: withChannel(given), shell: false };
  return runSpawn(execPath, command, complete);
}

/** `child_process.fork` by way of {@link safeSpawn}: starts a Node process with an IPC channel. */
export const safeFork: SafeFork = publicFunction('safeFork', 'fork', runFork, refuseMisspelt);

function copyOptions(modulePath: unknown, list: unknown, options: unknown): Given {
  if (!isAbsentOr(isRecord)(options)) throwNodeErrorForForkOptions(modulePath, list, options);
  return nullPrototype<Given>({}, options as Given | undefined);
}

/** What only `fork` looks at. The rest is for {@link safeSpawn} to judge. */
function isInvalid(modulePath: unknown, list: unknown, { execPath, execArgv, stdio }: Given): boolean {
  if (!isStringWithoutNul(modulePath) && !(modulePath instanceof URL)) return true;
  if (!Array.isArray(list) || !isAbsentOr(isStringWithoutNul)(execPath)) return true;
  if (execArgv && !(Array.isArray(execArgv) && copyList(execArgv).every(isStringWithoutNul))) return true;
  return Array.isArray(stdio)
    ? !copyList(stdio).includes('ipc')
    : typeof stdio === 'string' && !SHORTHANDS.has(stdio);
}

const SHORTHANDS: ReadonlySet<string> = new Set(['ignore', 'inherit', 'overlapped', 'pipe']);

/** Without an array that says otherwise, the channel is descriptor 3. */
function withChannel({ stdio, silent }: Given): NonNullable<ForkOptions['stdio']> {
  if (Array.isArray(stdio)) return stdio;
  const each = typeof stdio === 'string' ? stdio : silentOrNot(silent);
  return [each, each, each, 'ipc'];
}

function silentOrNot(silent: boolean | undefined): 'pipe' | 'inherit' {
  return silent ? 'pipe' : 'inherit';
}
