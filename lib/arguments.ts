import type { SpawnOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { environmentPairs } from './environment.js';
import type { Launch } from './handle.js';
import {
  addsToEnvironments,
  canInheritEnvironment,
  completeEnvironment,
  judgeArguments,
  judgeOptions,
} from './node-internals.js';
import type { SafeSpawnOptions } from './options.js';
import { normalizeRlimits } from './rlimits.js';
import { isSignal } from './signals.js';

/** What Node's ChildProcess.prototype.spawn takes, beside the options as they were given. */
export interface NodeSpawnOptions extends SpawnOptions {
  file: string;
  args: unknown[];
  envPairs: string[];
}

export interface SpawnArguments {
  readonly options: NodeSpawnOptions;
  readonly launch: Launch;
}

/**
 * Makes of the arguments of `spawn` what Node makes of them. Every argument error is thrown here. Those that
 * `spawn` has are Node's own: what looks wrong is judged by Node.
 */
export function normalizeArguments(file: unknown, args: unknown, options: unknown): SpawnArguments {
  const isSecond = isRecord(args);
  const list = isSecond ? [] : copyList(args);
  const given = readOptions(file, list, isSecond ? args : options);
  const judge = () => judgeArguments(file, list, given, isAbsentOr(isSignal)(given.killSignal));
  if (looksWrong(file, list, given) || isFirstShellWithArguments(list, given)) judge();

  const inheritsEnvironment = !given.env && canInheritEnvironment();
  const envPairs = inheritsEnvironment ? [] : environmentPairs(environmentOf(file, list, given));
  if (envPairs.some(hasNul)) judge();

  const launch = { inheritsEnvironment, rlimits: normalizeRlimits(given.rlimits) };
  return { options: completeOptions(given, commandLine(file, list, given), envPairs), launch };
}

function copyList(args: unknown): unknown {
  return Array.isArray(args) ? args.slice() : (args ?? []);
}

/** Each property is read once, since anything can be behind it. The copy has no prototype, as Node's has none. */
function readOptions(file: unknown, list: unknown, options: unknown): SafeSpawnOptions {
  if (options !== undefined && !isRecord(options)) {
    judgeArguments(file, list, {}, true);
    judgeOptions(options);
  }
  return Object.assign(Object.create(null), options);
}

// ---- what Node would accept ----------------------------------------------------------------------------------

type Check = (value: unknown) => boolean;

const isBoolean: Check = (value) => typeof value === 'boolean';
const isText: Check = (value) => typeof value === 'string' && !value.includes('\0');
const isInt32: Check = (value) => typeof value === 'number' && value === (value | 0);
const isDuration: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;

const isAbsentOr =
  (check: Check): Check =>
  (value) =>
    value === undefined || value === null || check(value);

/** Stricter than Node here and there: then Node is asked, and has the last word. Never laxer. */
const CHECKS: readonly (readonly [keyof SafeSpawnOptions, Check])[] = [
  ['cwd', isAbsentOr(isText)],
  ['detached', isAbsentOr(isBoolean)],
  ['uid', isAbsentOr(isInt32)],
  ['gid', isAbsentOr(isInt32)],
  ['shell', isAbsentOr((value) => isBoolean(value) || isText(value))],
  ['argv0', isAbsentOr(isText)],
  ['windowsHide', isAbsentOr(isBoolean)],
  ['windowsVerbatimArguments', isAbsentOr(isBoolean)],
  ['timeout', isAbsentOr(isDuration)],
  ['signal', (value) => value === undefined || value instanceof AbortSignal],
  ['killSignal', isAbsentOr(isSignal)],
];

function looksWrong(file: unknown, list: unknown, given: SafeSpawnOptions): boolean {
  if (!isText(file) || file === '') return true;
  if (!Array.isArray(list) || list.some(hasNul)) return true;
  return CHECKS.some(([name, check]) => !check(given[name]));
}

function hasNul(value: unknown): boolean {
  return typeof value === 'string' && value.includes('\0');
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

let shellHadArguments = false;

/** Since 24 Node warns of it once (DEP0190), when it sees such arguments: so it gets to see them once. */
function isFirstShellWithArguments(list: unknown, given: SafeSpawnOptions): boolean {
  if (shellHadArguments || !given.shell) return false;
  shellHadArguments = (list as unknown[]).length > 0;
  return shellHadArguments;
}

// ---- what Node makes of it -----------------------------------------------------------------------------------

function environmentOf(file: unknown, list: unknown, given: SafeSpawnOptions): object {
  const environment = given.env ? Object(given.env) : { ...process.env };
  return addsToEnvironments() ? completeEnvironment(file, list, given, environment) : environment;
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
function pathOf(cwd: string | URL | null | undefined): string | undefined {
  return typeof cwd === 'object' && cwd !== null && 'href' in cwd
    ? fileURLToPath(cwd)
    : (cwd as string | undefined);
}
