// Reads and checks the file. An unknown key is an error, since it may be a misspelt one.
import { accessSync, existsSync, constants as fsConstants, readFileSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { getRlimit, type Rlimits, type SafeSpawnOptions, safeExecFileSync } from 'safe-spawn';

export interface LogConfig {
  file: string;
  /** 0: never rotated. */
  maxBytes: number;
  backups: number;
}

export interface ProgramConfig {
  name: string;
  command: string[];
  launch: SafeSpawnOptions;
  priority: number;
  autostart: boolean;
  autorestart: boolean | 'unexpected';
  exitCodes: number[];
  startSecs: number;
  startRetries: number;
  stopSignal: NodeJS.Signals;
  stopWaitSecs: number;
  stopAsGroup: boolean;
  log: LogConfig | undefined;
}

export interface Config {
  socket: string;
  /** By priority: those that are started first come first. */
  programs: ProgramConfig[];
}

type Table = Record<string, unknown>;

export function readConfig(file: string): Config {
  // It is read again for each reload. Reading a FIFO would block the supervisor until somebody writes.
  if (!statSync(file).isFile()) throw new Error(`${file} is not a regular file`);
  return inTable('', table(JSON.parse(readFileSync(file, 'utf8'))), (take) => {
    const programs = Object.entries(take('programs', table)).map(([name, keys]) => {
      if (!/^[\w.-]+$/.test(name)) fail(`programs.${name}: is no name`);
      return inTable(`programs.${name}.`, table(keys), (take) => readProgram(name, take));
    });
    programs.sort((a, b) => a.priority - b.priority);
    return { socket: take('socket', text), programs };
  });
}

/** Takes a key out of a table. Without a fallback it has to be there. */
interface Take {
  <Value>(key: string, check: (value: unknown) => Value): Value;
  <Value, Fallback>(key: string, check: (value: unknown) => Value, fallback: Fallback): Value | Fallback;
}

function inTable<Value>(path: string, keys: Table, read: (take: Take) => Value): Value {
  const left = new Map(Object.entries(keys));
  const result = read((key: string, check: (value: unknown) => unknown, ...fallback: unknown[]) => {
    const value = left.get(key);
    left.delete(key);
    if (value === undefined && fallback.length > 0) return fallback[0] as never;
    try {
      return check(value ?? fail('is missing')) as never;
    } catch (error) {
      return fail(`${path}${key}: ${(error as Error).message}`);
    }
  });
  for (const key of left.keys()) fail(`${path}${key}: is not known`);
  return result;
}

function readProgram(name: string, take: Take): ProgramConfig {
  return {
    name,
    command: take('command', listOf(text)),
    launch: readLaunch(take),
    priority: take('priority', number, 999),
    autostart: take('autostart', flag, true),
    autorestart: take('autorestart', (value) => (value === 'unexpected' ? value : flag(value)), 'unexpected'),
    exitCodes: take('exitcodes', listOf(number), [0]),
    startSecs: take('startsecs', number, 1),
    startRetries: take('startretries', number, 3),
    stopSignal: take('stopsignal', signal, 'SIGTERM'),
    stopWaitSecs: take('stopwaitsecs', number, 10),
    stopAsGroup: take('stopasgroup', flag, false),
    log: readLog(take),
  };
}

/** Returns what holds from the program's first instruction on. */
function readLaunch(take: Take): SafeSpawnOptions {
  return {
    cwd: take('directory', text, undefined),
    env: { ...process.env, ...take('environment', environment, {}) },
    umask: take('umask', octal, undefined),
    ...take('user', user, {}),
    rlimits: take('rlimits', rlimits, {}),
    deathSignal: take('deathsignal', signal, 'SIGKILL'),
    processGroup: true,
  };
}

function readLog(take: Take): LogConfig | undefined {
  const file = take('stdout_logfile', writable, undefined);
  const maxBytes = take('stdout_logfile_maxbytes', number, 50 * 1024 ** 2);
  const backups = take('stdout_logfile_backups', number, 10);
  return file === undefined ? undefined : { file, maxBytes, backups };
}

function table(value: unknown): Table {
  const isTable = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isTable ? (value as Table) : fail(`${show(value)} is not an object`);
}

function listOf<Item>(check: (value: unknown) => Item): (value: unknown) => Item[] {
  return (value) =>
    Array.isArray(value) && value.length > 0 ? value.map(check) : fail(`${show(value)} is not a list`);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : fail(`${show(value)} is not a string`);
}

function number(value: unknown): number {
  return typeof value === 'number' && value >= 0 ? value : fail(`${show(value)} is not a number from 0 up`);
}

function octal(value: unknown): string {
  return /^[0-7]{1,4}$/.test(text(value)) ? text(value) : fail(`${show(value)} is not an octal number`);
}

function flag(value: unknown): boolean {
  return typeof value === 'boolean' ? value : fail(`${show(value)} is neither true nor false`);
}

/** TERM or SIGTERM. */
function signal(value: unknown): NodeJS.Signals {
  const name = `SIG${text(value).replace(/^SIG/, '')}`;
  return name in constants.signals ? (name as NodeJS.Signals) : fail(`${name} is not a signal`);
}

/** Checks the limits as safeSpawn takes them: a number or "unlimited" for both, or an object with soft and hard. */
function rlimits(value: unknown): Rlimits {
  for (const [resource, limit] of Object.entries(table(value))) {
    getRlimit(resource as keyof Rlimits); // throws if there is no such resource
    const { soft, hard, ...others } = typeof limit === 'object' ? table(limit) : { soft: limit, hard: limit };
    for (const name of Object.keys(others)) fail(`${resource}.${name} is not known`);
    for (const half of [soft, hard]) if (half !== undefined && half !== 'unlimited') number(half);
  }
  return value as Rlimits;
}

function environment(value: unknown): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(table(value)).map(([name, variable]) => [name, text(variable)]));
}

/** A user comes with the groups of that user: uid alone would leave those of the supervisor. */
function user(value: unknown): SafeSpawnOptions {
  const name = text(value);
  const gid = Number(safeExecFileSync('id', ['-g', '--', name], { encoding: 'utf8', stdio: 'pipe' }));
  return { uid: name, gid, groups: 'init' };
}

function writable(value: unknown): string {
  const file = text(value);
  accessSync(existsSync(file) ? file : dirname(file), fsConstants.W_OK);
  return file;
}

function show(value: unknown): string {
  return JSON.stringify(value);
}

function fail(message: string): never {
  throw new Error(message);
}
