import type { SpawnOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { throwNodeErrorForOptions, throwNodeErrorForSpawn } from '../node/argument-errors.js';
import { readEnvironment } from '../node/environment.js';
import type { SafeSpawnOptions } from '../types.js';
import { append, copyList } from '../util/lists.js';
import { nullPrototype } from '../util/objects.js';
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
import type { LaunchConfig } from './launch-config.js';
import { readLaunchConfig } from './read-launch-config.js';
import { resolveIds } from './users.js';

/** The options of the caller, with the properties that Node's ChildProcess.prototype.spawn reads. */
export interface NodeSpawnOptions extends SpawnOptions {
  file: string;
  args: unknown[];
  envPairs: string[];
}

export interface SpawnArguments {
  readonly options: NodeSpawnOptions;
  readonly config: LaunchConfig;
}

/** Validators for the options that Node validates, keyed by option name. An absent option is valid. */
type Validators = ReadonlyMap<string, Validator>;

/** The differences between `spawn` and `spawnSync`. */
export interface Validation {
  readonly validators: Validators;
  /** Throws Node's error for these arguments, if Node finds one invalid. */
  throwNodeError(file: unknown, args: unknown, options: SafeSpawnOptions): void;
}

/**
 * Normalizes the arguments of `spawn` as Node does. It throws every argument error. The errors that Node also has are Node's
 * own: arguments that look invalid are passed to Node, which decides.
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

  const envPairs = readEnvironment(copied.env, throwNodeError);
  if (envPairs !== undefined && someHasNul(envPairs)) throwNodeError();

  const config = readLaunchConfig(copied, envPairs === undefined);
  return { options: completeOptions(copied, commandLine(file, list, copied), envPairs ?? []), config };
}

function readList(args: unknown): unknown {
  return Array.isArray(args) ? copyList(args) : (args ?? []);
}

/** Copies the options and reads each property once, since it can be a getter. As in Node, the copy has no prototype. */
function copyOptions(file: unknown, list: unknown, options: unknown): SafeSpawnOptions {
  if (options !== undefined && !isRecord(options)) {
    throwNodeErrorForSpawn(file, list, {}, true);
    throwNodeErrorForOptions(options);
  }
  return nullPrototype<SafeSpawnOptions>({}, options as SafeSpawnOptions | undefined);
}

// ---- validation ----------------------------------------------------------------------------------------------

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
  if (!Array.isArray(list) || someHasNul(list)) return true;
  for (const name in given) {
    if (validators.get(name)?.(given[name as keyof SafeSpawnOptions]) === false) return true;
  }
  return false;
}

function someHasNul(list: readonly unknown[]): boolean {
  for (let index = 0; index < list.length; index++) {
    if (hasNul(list[index])) return true;
  }
  return false;
}

let shellHadArguments = false;

/** Returns true once, so that Node sees the first such arguments. Node 24 and later warn of them once (DEP0190). */
function isFirstShellWithArguments(list: unknown, given: SafeSpawnOptions): boolean {
  if (shellHadArguments || !given.shell) return false;
  shellHadArguments = (list as unknown[]).length > 0;
  return shellHadArguments;
}

// ---- normalization -------------------------------------------------------------------------------------------

interface CommandLine {
  readonly file: string;
  readonly args: unknown[];
}

function commandLine(file: unknown, list: unknown, { shell, argv0 }: SafeSpawnOptions): CommandLine {
  const program = shell ? shellPath(shell) : (file as string);
  const first = typeof argv0 === 'string' ? argv0 : program;
  if (!shell) return { file: program, args: append([first], list as unknown[]) };
  return { file: program, args: [first, '-c', joinWords(file as string, list as unknown[])] };
}

/** Does the same as join(' '), which a program may replace. */
function joinWords(file: string, list: unknown[]): string {
  let command = file;
  for (let index = 0; index < list.length; index++) command += ` ${list[index] ?? ''}`;
  return command;
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

/** Returns the path of a value that Node has accepted. Node takes any value other than a URL by its text. */
export function pathOf(path: unknown): string | undefined {
  const isUrl = typeof path === 'object' && path !== null && 'href' in path;
  return isUrl ? fileURLToPath(path as URL) : (path as string | undefined);
}
