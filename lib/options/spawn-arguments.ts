import type { SpawnOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { throwNodeErrorForOptions, throwNodeErrorForSpawn } from '../node/argument-errors.js';
import { addsToEnvironments, canInheritEnvironment, environmentBehindReplaced } from '../node/environment.js';
import type { SafeSpawnOptions } from '../types.js';
import { copyList } from '../util/lists.js';
import { isSignal } from '../util/signals.js';
import {
  hasNul,
  isAbsentOr,
  isBoolean,
  isDuration,
  isInt32,
  isRecord,
  isStringWithoutNul,
  type Validator,
} from '../util/validators.js';
import { completeEnvironment, environmentPairs } from './environment.js';
import type { LaunchConfig } from './launch-config.js';
import { readLaunchConfig } from './read-launch-config.js';
import { resolveIds } from './users.js';

/** The options as they were given, with the properties that Node's ChildProcess.prototype.spawn reads. */
export interface NodeSpawnOptions extends SpawnOptions {
  file: string;
  args: unknown[];
  envPairs: string[];
}

export interface SpawnArguments {
  readonly options: NodeSpawnOptions;
  readonly config: LaunchConfig;
}

/** The validators of Node's options, by name. Each accepts an option that was not given. */
type Validators = ReadonlyMap<string, Validator>;

/** The differences between `spawn` and `spawnSync`. */
export interface Validation {
  readonly validators: Validators;
  /** Throws what Node throws for these arguments, if it finds anything wrong. */
  throwNodeError(file: unknown, args: unknown, options: SafeSpawnOptions): void;
}

/**
 * Makes of the arguments of `spawn` what Node makes of them. Every argument error is thrown here. Those that
 * `spawn` has are Node's own: what looks wrong is judged by Node.
 */
export function normalizeArguments(
  file: unknown,
  args: unknown,
  options: unknown,
  validation: Validation = SPAWN_VALIDATION,
): SpawnArguments {
  const optionsAreSecond = isRecord(args);
  const list = optionsAreSecond ? [] : readList(args);
  const copied = copyOptions(file, list, optionsAreSecond ? args : options);
  resolveIds(copied);
  const throwNodeError = (environment = copied.env) =>
    validation.throwNodeError(file, list, { ...copied, env: environment });
  if (isInvalid(file, list, copied, validation) || isFirstShellWithArguments(list, copied)) throwNodeError();

  const inheritsEnvironment = !copied.env && canInheritEnvironment();
  const envPairs = inheritsEnvironment ? [] : readEnvironment(copied, throwNodeError);
  if (envPairs.some(hasNul)) throwNodeError();

  const config = readLaunchConfig(copied, inheritsEnvironment);
  return { options: completeOptions(copied, commandLine(file, list, copied), envPairs), config };
}

function readList(args: unknown): unknown {
  return Array.isArray(args) ? copyList(args) : (args ?? []);
}

/** Each property is read once, since anything can be behind it. The copy has no prototype, as Node's has none. */
function copyOptions(file: unknown, list: unknown, options: unknown): SafeSpawnOptions {
  if (options !== undefined && !isRecord(options)) {
    throwNodeErrorForSpawn(file, list, {}, true);
    throwNodeErrorForOptions(options);
  }
  return Object.assign(Object.create(null), options);
}

// ---- what Node would accept ----------------------------------------------------------------------------------

/** The validators that `spawn` and `spawnSync` have in common. */
export const COMMON_VALIDATORS: Validators = new Map([
  ['cwd', isAbsentOr(isStringWithoutNul)],
  ['detached', isAbsentOr(isBoolean)],
  ['uid', isAbsentOr(isInt32)],
  ['gid', isAbsentOr(isInt32)],
  ['shell', isAbsentOr((value) => isBoolean(value) || isStringWithoutNul(value))],
  ['argv0', isAbsentOr(isStringWithoutNul)],
  ['windowsHide', isAbsentOr(isBoolean)],
  ['windowsVerbatimArguments', isAbsentOr(isBoolean)],
  ['timeout', isAbsentOr(isDuration)],
  ['killSignal', isAbsentOr(isSignal)],
]);

const SPAWN_VALIDATION: Validation = {
  validators: new Map([
    ...COMMON_VALIDATORS,
    ['signal', (value) => value === undefined || value instanceof AbortSignal],
  ]),
  throwNodeError: (file, args, options) => {
    throwNodeErrorForSpawn(file, args, options, isAbsentOr(isSignal)(options.killSignal));
  },
};

function isInvalid(
  file: unknown,
  list: unknown,
  given: SafeSpawnOptions,
  { validators }: Validation,
): boolean {
  if (!isStringWithoutNul(file) || file === '') return true;
  if (!Array.isArray(list) || list.some(hasNul)) return true;
  return Object.keys(given).some((name) => validators.get(name)?.(Reflect.get(given, name)) === false);
}

let shellHadArguments = false;

/** Since 24 Node warns of it once (DEP0190), when it sees such arguments: so it gets to see them once. */
function isFirstShellWithArguments(list: unknown, given: SafeSpawnOptions): boolean {
  if (shellHadArguments || !given.shell) return false;
  shellHadArguments = (list as unknown[]).length > 0;
  return shellHadArguments;
}

// ---- what Node makes of it -----------------------------------------------------------------------------------

function readEnvironment(given: SafeSpawnOptions, judge: (environment: NodeJS.ProcessEnv) => void): string[] {
  const hiddenEnvironment = given.env ? undefined : environmentBehindReplaced();
  // Node completes nothing there.
  if (hiddenEnvironment !== undefined) return environmentPairs({ ...hiddenEnvironment });
  const environment = given.env ? Object(given.env) : { ...process.env };
  return environmentPairs(addsToEnvironments() ? completeEnvironment(environment, judge) : environment);
}

interface CommandLine {
  readonly file: string;
  readonly args: unknown[];
}

function commandLine(file: unknown, list: unknown, { shell, argv0 }: SafeSpawnOptions): CommandLine {
  const program = shell ? shellPath(shell) : (file as string);
  const first = typeof argv0 === 'string' ? argv0 : program;
  if (!shell) return { file: program, args: [first, ...(list as unknown[])] };
  const command = [file, ...(list as unknown[])].join(' ');
  return { file: program, args: [first, '-c', command] };
}

function shellPath(shell: string | true): string {
  return typeof shell === 'string' ? shell : '/bin/sh';
}

function completeOptions(
  given: SafeSpawnOptions,
  { file, args }: CommandLine,
  envPairs: string[],
): NodeSpawnOptions {
  return Object.assign(given, {
    args,
    cwd: pathOf(given.cwd),
    detached: Boolean(given.detached),
    envPairs,
    file,
    windowsHide: Boolean(given.windowsHide),
    windowsVerbatimArguments: Boolean(given.windowsVerbatimArguments),
  }) as NodeSpawnOptions;
}

/** Anything that Node has accepted; what is no URL it takes by its text. */
export function pathOf(path: unknown): string | undefined {
  const isUrl = typeof path === 'object' && path !== null && 'href' in path;
  return isUrl ? fileURLToPath(path as URL) : (path as string | undefined);
}
