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
import { refuseMisspelt } from '../options/misspelt.js';
import { addExitStatus, type SafeSpawnSyncReturns } from '../terminate/exit-status.js';
import type { WithLaunchOptions } from '../types.js';
import { readExecArguments, readExecFileArguments } from './exec-arguments.js';
import { publicFunction } from './public-function.js';
import { runToEnd } from './run-sync.js';
import { normalizeSyncArguments } from './sync-arguments.js';

type Result = SafeSpawnSyncReturns<string | Buffer>;

/** Output that is not decoded. The class that @types/node has for it depends on their version. */
type Bytes = Exclude<ReturnType<typeof execSync>, string>;

/** Node's own are listed too: an overload that takes exactly what is given is chosen before one that comes earlier. */
type Given<Options> = Options | WithLaunchOptions<Options>;

/** What `spawnSync` can be called with, and the same with launch options. */
export type SafeSpawnSync = {
  (command: string): SafeSpawnSyncReturns<Bytes>;
  (command: string, options: Given<SpawnSyncOptionsWithStringEncoding>): SafeSpawnSyncReturns<string>;
  (command: string, options: Given<SpawnSyncOptionsWithBufferEncoding>): SafeSpawnSyncReturns<Bytes>;
  (command: string, options?: Given<SpawnSyncOptions>): SafeSpawnSyncReturns<string | Bytes>;
  (command: string, args: readonly string[]): SafeSpawnSyncReturns<Bytes>;
  (
    command: string,
    args: readonly string[] | undefined,
    options: Given<SpawnSyncOptionsWithStringEncoding>,
  ): SafeSpawnSyncReturns<string>;
  (
    command: string,
    args: readonly string[] | undefined,
    options: Given<SpawnSyncOptionsWithBufferEncoding>,
  ): SafeSpawnSyncReturns<Bytes>;
  (
    command: string,
    args?: readonly string[],
    options?: Given<SpawnSyncOptions>,
  ): SafeSpawnSyncReturns<string | Bytes>;
} & typeof spawnSync;

export function runSpawnSync(command: string, args?: unknown, options?: unknown): Result {
  assertNodeCompatible();
  const run = normalizeSyncArguments(command, args, options);
  requirePermission(run.request.file);
  return runToEnd(run);
}

/** `child_process.spawnSync`, started as by {@link safeSpawn}: runs a program to its end, while this thread waits. */
export const safeSpawnSync: SafeSpawnSync = publicFunction(
  'safeSpawnSync',
  'spawnSync',
  runSpawnSync,
  refuseMisspelt,
);

/** What `execFileSync` can be called with, and the same with launch options. */
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
  const given = readExecFileArguments(file, args, options);
  const result = runSpawnSync(file, given.args, given.rawOptions ?? {});
  // Node reads these two from the options themselves, with what they inherit.
  const { argv0, stdio } = Object(given.rawOptions);
  const first = argv0 || file;
  return outputOf(result, stdio, () => [first, ...given.args].join(' '));
}

/** `child_process.execFileSync` by way of {@link safeSpawnSync}: returns what the program wrote to stdout. */
export const safeExecFileSync: SafeExecFileSync = publicFunction(
  'safeExecFileSync',
  'execFileSync',
  runExecFileSync,
  refuseMisspelt,
);

/** What `execSync` can be called with, and the same with launch options. */
export type SafeExecSync = typeof execSync & {
  (command: string, options: WithLaunchOptions<ExecSyncOptionsWithStringEncoding>): string;
  (command: string, options: WithLaunchOptions<ExecSyncOptionsWithBufferEncoding>): Buffer;
  (command: string, options: WithLaunchOptions<ExecSyncOptions>): string | Buffer;
};

export function runExecSync(command: string, options?: unknown): string | Buffer {
  const given = readExecArguments(command, options).options;
  return outputOf(runSpawnSync(command, given), given['stdio'], () => command);
}

/** `child_process.execSync` by way of {@link safeSpawnSync}: a shell runs the command; returns what it wrote to stdout. */
export const safeExecSync: SafeExecSync = publicFunction(
  'safeExecSync',
  'execSync',
  runExecSync,
  refuseMisspelt,
);

/** What goes to a pipe that nobody has asked for would be lost: so stderr is passed on. */
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
