import type {
  ExecFileSyncOptions,
  ExecFileSyncOptionsWithBufferEncoding,
  ExecFileSyncOptionsWithStringEncoding,
  ExecSyncOptions,
  ExecSyncOptionsWithBufferEncoding,
  ExecSyncOptionsWithStringEncoding,
  execFileSync,
  execSync,
  SpawnSyncOptions,
  SpawnSyncOptionsWithBufferEncoding,
  SpawnSyncOptionsWithStringEncoding,
  spawnSync,
} from 'node:child_process';
import { assertNodeCompatible } from '../node/child-process.js';
import { requirePermission } from '../node/permission.js';
import { rejectMisspelt } from '../options/misspelt.js';
import { addExitStatus, type SafeSpawnSyncReturns } from '../terminate/exit-status.js';
import type { WithLaunchOptions } from '../types.js';
import { readExecArguments, readExecFileArguments } from './exec-arguments.js';
import { publicFunction } from './public-function.js';
import { runToEnd } from './run-sync.js';
import { normalizeSyncArguments } from './sync-arguments.js';

type Result = SafeSpawnSyncReturns<string | Buffer>;

/** Output that is not decoded. Its class depends on the version of @types/node. */
type Bytes = Exclude<ReturnType<typeof execSync>, string>;

/** Node's own options are part of the union so that TypeScript prefers the overload that matches them exactly. */
type AlsoWithLaunch<Options> = Options | WithLaunchOptions<Options>;

/** The overloads of `spawnSync`, also with launch options. */
export type SafeSpawnSync = {
  (command: string): SafeSpawnSyncReturns<Bytes>;
  (
    command: string,
    options: AlsoWithLaunch<SpawnSyncOptionsWithStringEncoding>,
  ): SafeSpawnSyncReturns<string>;
  (command: string, options: AlsoWithLaunch<SpawnSyncOptionsWithBufferEncoding>): SafeSpawnSyncReturns<Bytes>;
  (command: string, options?: AlsoWithLaunch<SpawnSyncOptions>): SafeSpawnSyncReturns<string | Bytes>;
  (command: string, args: readonly string[]): SafeSpawnSyncReturns<Bytes>;
  (
    command: string,
    args: readonly string[] | undefined,
    options: AlsoWithLaunch<SpawnSyncOptionsWithStringEncoding>,
  ): SafeSpawnSyncReturns<string>;
  (
    command: string,
    args: readonly string[] | undefined,
    options: AlsoWithLaunch<SpawnSyncOptionsWithBufferEncoding>,
  ): SafeSpawnSyncReturns<Bytes>;
  (
    command: string,
    args?: readonly string[],
    options?: AlsoWithLaunch<SpawnSyncOptions>,
  ): SafeSpawnSyncReturns<string | Bytes>;
} & typeof spawnSync;

export function runSpawnSync(command: string, args?: unknown, options?: unknown): Result {
  assertNodeCompatible();
  const run = normalizeSyncArguments(command, args, options);
  requirePermission(run.request.file);
  return runToEnd(run);
}

/**
 * Runs a program and blocks this thread until it ends, as `child_process.spawnSync` does. The child is started as by
 * {@link safeSpawn}, with the same launch options ({@link LaunchOptions}).
 *
 * A failed launch is in the result, as `error` with `code` and `step`. Argument errors are thrown.
 *
 * @example
 * safeSpawnSync('sort', { input: 'b\na\n', encoding: 'utf8', rlimits: { cpu: 10 } }).stdout; // 'a\nb\n'
 */
export const safeSpawnSync: SafeSpawnSync = publicFunction(
  'safeSpawnSync',
  'spawnSync',
  runSpawnSync,
  rejectMisspelt,
);

/** The overloads of `execFileSync`, also with launch options. */
export type SafeExecFileSync = typeof execFileSync & {
  (file: string, options: WithLaunchOptions<ExecFileSyncOptionsWithStringEncoding>): string;
  (file: string, options: WithLaunchOptions<ExecFileSyncOptionsWithBufferEncoding>): Buffer;
  (file: string, options: WithLaunchOptions<ExecFileSyncOptions>): string | Buffer;
  (
    file: string,
    args: readonly string[] | undefined,
    options: WithLaunchOptions<ExecFileSyncOptionsWithStringEncoding>,
  ): string;
  (
    file: string,
    args: readonly string[] | undefined,
    options: WithLaunchOptions<ExecFileSyncOptionsWithBufferEncoding>,
  ): Buffer;
  (
    file: string,
    args: readonly string[] | undefined,
    options: WithLaunchOptions<ExecFileSyncOptions>,
  ): string | Buffer;
};

export function runExecFileSync(file: string, args?: unknown, options?: unknown): string | Buffer {
  const execArguments = readExecFileArguments(file, args, options);
  const result = runSpawnSync(file, execArguments.args, execArguments.rawOptions ?? {});
  // Node reads these two from the caller's object, inherited properties included.
  const { argv0, stdio } = Object(execArguments.rawOptions);
  const first = argv0 || file;
  return outputOf(result, stdio, () => [first, ...execArguments.args].join(' '));
}

/**
 * Runs a program by way of {@link safeSpawnSync}, as `child_process.execFileSync` does, and returns its stdout. Throws if
 * the launch fails, or if the program exits with a status other than 0.
 *
 * @example
 * safeExecFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', noNewPrivileges: true });
 */
export const safeExecFileSync: SafeExecFileSync = publicFunction(
  'safeExecFileSync',
  'execFileSync',
  runExecFileSync,
  rejectMisspelt,
);

/** The overloads of `execSync`, also with launch options. */
export type SafeExecSync = typeof execSync & {
  (command: string, options: WithLaunchOptions<ExecSyncOptionsWithStringEncoding>): string;
  (command: string, options: WithLaunchOptions<ExecSyncOptionsWithBufferEncoding>): Buffer;
  (command: string, options: WithLaunchOptions<ExecSyncOptions>): string | Buffer;
};

export function runExecSync(command: string, options?: unknown): string | Buffer {
  const execOptions = readExecArguments(command, options).options;
  return outputOf(runSpawnSync(command, execOptions), execOptions['stdio'], () => command);
}

/**
 * Runs a command in a shell by way of {@link safeSpawnSync}, as `child_process.execSync` does, and returns its stdout.
 * Throws if the launch fails, or if the command exits with a status other than 0.
 *
 * @example
 * safeExecSync('ls | wc -l', { encoding: 'utf8', rlimits: { nofile: 1024 } });
 */
export const safeExecSync: SafeExecSync = publicFunction(
  'safeExecSync',
  'execSync',
  runExecSync,
  rejectMisspelt,
);

/** Returns stdout, or throws. Without the option `stdio` it writes the child's stderr to that of this process, as Node does. */
function outputOf(result: Result, stdio: unknown, commandLine: () => string): string | Buffer {
  if (!stdio && result.stderr) process.stderr.write(result.stderr);
  if (result.error) throw withResult(result.error, result);
  if (result.status !== 0) throw exitError(result, commandLine());
  return result.stdout;
}

function exitError(result: Result, commandLine: string): Error {
  const written = result.stderr?.length > 0 ? `\n${result.stderr}` : '';
  return withResult(new Error(`Command failed: ${commandLine}${written}`), result);
}

function withResult(error: Error, result: Result): Error {
  return addExitStatus(Object.assign(error, result), result.exitStatus);
}
