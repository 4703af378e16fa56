// What the file says, checked. Nothing in it is passed over: a key that is not known may be a misspelt one.
import { accessSync, existsSync, constants as fsConstants, readFileSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { getRlimit, type Rlimit, type Rlimits, type SafeSpawnOptions, safeExecFileSync } from 'safe-spawn';
import { parseIni, type Section, words } from './ini.ts';

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
  autorestart: 'true' | 'false' | 'unexpected';
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

export function readConfig(file: string): Config {
  // It is read again for each reload. Reading a FIFO would block the supervisor until somebody writes.
  if (!statSync(file).isFile()) throw new Error(`${file} is not a regular file`);
  const sections = parseIni(readFileSync(file, 'utf8'));
  const config: Config = { socket: '', programs: [] };
  for (const [name, section] of sections) {
    const program = /^program:([\w.-]+)$/.exec(name)?.[1];
    if (program)
      config.programs.push(inSection(name, section, (take) => readProgram(program, take, section)));
    else if (name === 'unix_http_server')
      config.socket = inSection(name, section, (take) => take('file', String));
    else throw new Error(`[${name}] is neither [unix_http_server] nor [program:NAME]`);
  }
  if (config.socket === '') throw new Error('[unix_http_server] with its file is missing');
  config.programs.sort((a, b) => a.priority - b.priority);
  return config;
}

/** Takes a key out of a section. Without a fallback it has to be there. */
interface Take {
  <Value>(key: string, parse: (text: string) => Value): Value;
  <Value, Fallback>(key: string, parse: (text: string) => Value, fallback: Fallback): Value | Fallback;
}

function inSection<Value>(name: string, section: Section, read: (take: Take) => Value): Value {
  const left = new Map(section);
  const value = read((key: string, parse: (text: string) => unknown, ...fallback: unknown[]) => {
    const text = left.get(key);
    left.delete(key);
    if (text === undefined && fallback.length > 0) return fallback[0] as never;
    try {
      return parse(text || fail('is missing')) as never;
    } catch (error) {
      return fail(`[${name}] ${key}: ${(error as Error).message}`);
    }
  });
  for (const key of left.keys()) fail(`[${name}] ${key}: is not known`);
  return value;
}

function readProgram(name: string, take: Take, section: Section): ProgramConfig {
  return {
    name,
    command: take('command', (text) => words(text)),
    launch: readLaunch(take, section),
    priority: take('priority', number, 999),
    autostart: take('autostart', flag, true),
    autorestart: take('autorestart', oneOf('true', 'false', 'unexpected'), 'unexpected'),
    exitCodes: take('exitcodes', (text) => words(text, ',\\s').map(number), [0]),
    startSecs: take('startsecs', number, 1),
    startRetries: take('startretries', number, 3),
    stopSignal: take('stopsignal', signal, 'SIGTERM'),
    stopWaitSecs: take('stopwaitsecs', number, 10),
    stopAsGroup: take('stopasgroup', flag, false),
    log: readLog(take),
  };
}

/** What holds from the program's first instruction on. */
function readLaunch(take: Take, section: Section): SafeSpawnOptions {
  return {
    cwd: take('directory', String, undefined),
    env: { ...process.env, ...take('environment', environment, {}) },
    umask: take('umask', octal, undefined),
    ...take('user', user, {}),
    rlimits: readRlimits(take, section),
    deathSignal: take('deathsignal', signal, 'SIGKILL'),
    processGroup: true,
  };
}

function readRlimits(take: Take, section: Section): Rlimits {
  const resources = [...section.keys()].filter((key) => key.startsWith('rlimit_')).map((key) => key.slice(7));
  return Object.fromEntries(
    resources.map((resource) => [resource, take(`rlimit_${resource}`, (text) => rlimit(resource, text))]),
  );
}

function readLog(take: Take): LogConfig | undefined {
  const file = take('stdout_logfile', writable, undefined);
  const maxBytes = take('stdout_logfile_maxbytes', bytes, 50 * 1024 ** 2);
  const backups = take('stdout_logfile_backups', number, 10);
  return file === undefined ? undefined : { file, maxBytes, backups };
}

function number(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : fail(`${text} is not a number`);
}

function octal(text: string): number {
  return /^[0-7]{1,4}$/.test(text) ? Number.parseInt(text, 8) : fail(`${text} is not an octal number`);
}

function flag(text: string): boolean {
  return oneOf('true', 'false')(text) === 'true';
}

function oneOf<Word extends string>(...choice: Word[]): (text: string) => Word {
  return (text) => choice.find((word) => word === text) ?? fail(`${text} is none of ${choice.join(', ')}`);
}

/** TERM or SIGTERM. */
function signal(text: string): NodeJS.Signals {
  const name = text.startsWith('SIG') ? text : `SIG${text}`;
  return name in constants.signals ? (name as NodeJS.Signals) : fail(`${text} is not a signal`);
}

/** 512, 64KB, 50MB, 1GB. */
function bytes(text: string): number {
  const [, count, unit = ''] = /^(\d+)(KB|MB|GB)?$/.exec(text) ?? fail(`${text} is not a size`);
  return Number(count) * 1024 ** ['', 'KB', 'MB', 'GB'].indexOf(unit);
}

/** 1024 for both, 1024:4096 for soft and hard, as prlimit(1) has it. */
function rlimit(resource: string, text: string): Rlimit {
  getRlimit(resource as keyof Rlimits); // throws if there is no such resource
  const [soft = 0, hard = soft] = text.split(':').map((half) => (half === 'unlimited' ? half : number(half)));
  return { soft, hard };
}

function environment(text: string): NodeJS.ProcessEnv {
  return Object.fromEntries(words(text, ',\\s').map(variable));
}

function variable(text: string): string[] {
  return /^(\w+)=(.*)$/s.exec(text)?.slice(1) ?? fail(`${text} is not NAME=value`);
}

/** A user comes with the groups of that user: uid alone would leave those of the supervisor. */
function user(name: string): SafeSpawnOptions {
  const gid = Number(safeExecFileSync('id', ['-g', '--', name], { encoding: 'utf8', stdio: 'pipe' }));
  return { uid: name, gid, groups: 'init' };
}

function writable(file: string): string {
  accessSync(existsSync(file) ? file : dirname(file), fsConstants.W_OK);
  return file;
}

function fail(message: string): never {
  throw new Error(message);
}
