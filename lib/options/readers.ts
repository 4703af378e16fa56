import type { LaunchOptions, UserOptions } from '../types.js';
import { invalidType, invalidValue, outOfRange, unsupportedInWorkers } from '../util/errors.js';
import { hintAtSignal, isSignal, signalNumber } from '../util/signals.js';
import type { LaunchConfig } from './launch-config.js';
import { readPassFds } from './pass-fds.js';
import { readRlimits } from './rlimits.js';
import { readGroups, readUser } from './users.js';

/** Launch options, with the options of Node that they depend on. */
export interface OptionsWithNodes extends LaunchOptions, UserOptions {
  readonly detached?: unknown;
  readonly stdio?: unknown;
}

/**
 * Validates the value of an option, which is not undefined, and returns it as a plain value. Throws if it is invalid. An
 * option that depends on others finds them in `options`.
 */
type Reader<Value> = (value: unknown, options: OptionsWithNodes) => Value;

/** Readers of the launch options. Their names are listed only here, and an option without a reader does not compile. */
const READERS = {
  rlimits: readRlimits,
  passFds: (passFds, { stdio }) => readPassFds(passFds, stdio),
  umask: readUmask,
  nice: (nice) => readInteger('options.nice', nice, -20, 19),
  oomScoreAdj: (oomScoreAdj) => readInteger('options.oomScoreAdj', oomScoreAdj, -1000, 1000),
  user: readUser,
  groups: readGroups,
  processGroup: (processGroup, { detached }) => readProcessGroup(processGroup, detached),
  deathSignal: readDeathSignal,
  noNewPrivileges: readNoNewPrivileges,
  cgroup: readCgroup,
  pipes: readPipes,
} satisfies { readonly [Name in keyof LaunchOptions]-?: Reader<LaunchConfig[Name]> };

export const LAUNCH_OPTION_NAMES = Object.keys(READERS) as readonly (keyof LaunchOptions)[];

/** Taken at load: a program may replace it later, and a launch would lose its options. */
const { hasOwn } = Object;

export function isLaunchOption(name: string): name is keyof LaunchOptions {
  return hasOwn(READERS, name);
}

/** Reads an option that is not undefined. */
export function readOption(name: keyof LaunchOptions, options: OptionsWithNodes): unknown {
  return READERS[name](options[name], options);
}

const HIGHEST_SIGNAL = 64;
const HIGHEST_PID: number = 2 ** 31 - 1;

/** Reads the `umask` option. A string is octal, as for process.umask(). */
function readUmask(umask: unknown): number {
  const name = 'options.umask';
  if (typeof umask !== 'string') return readInteger(name, umask, 0, 0o777);
  if (!/^[0-7]+$/.test(umask)) throw invalidValue(name, umask, 'must be an octal number');
  return readInteger(name, Number.parseInt(umask, 8), 0, 0o777);
}

function readInteger(name: string, value: unknown, least: number, most: number): number {
  if (typeof value !== 'number') throw invalidType(name, 'of type number', value);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw outOfRange(name, `an integer >= ${least} && <= ${most}`, value);
  }
  return value;
}

function readProcessGroup(value: unknown, detached: unknown): true | number | undefined {
  const name = 'options.processGroup';
  if (value === false) return undefined;
  if (value !== true && typeof value !== 'number')
    throw invalidType(name, 'of type boolean or number', value);
  if (detached)
    throw invalidValue(name, value, "can't be combined with options.detached, which also makes a group");
  return value === true ? true : readInteger(name, value, 1, HIGHEST_PID);
}

/** Throws in a Worker, since the kernel sends the signal when the thread that started the child ends. */
function readDeathSignal(signal: unknown): number {
  const name = 'options.deathSignal';
  if (typeof signal !== 'string' && typeof signal !== 'number') {
    throw invalidType(name, 'of type string or number', signal);
  }
  if (!isDeathSignal(signal)) throw invalidValue(name, signal, `is not a signal${hintAtSignal(signal)}`);
  if (!isMainThread())
    throw unsupportedInWorkers(name, 'the kernel sends it when the thread ends, not the process');
  return signalNumber(signal as NodeJS.Signals);
}

/** Loads the module only when needed. Once a program has loaded it, reading the environment for a child is slower. */
function isMainThread(): boolean {
  return (require('node:worker_threads') as typeof import('node:worker_threads')).isMainThread;
}

function isDeathSignal(signal: string | number): boolean {
  if (typeof signal === 'string') return isSignal(signal);
  return Number.isInteger(signal) && signal > 0 && signal <= HIGHEST_SIGNAL;
}

function readNoNewPrivileges(value: unknown): boolean {
  if (typeof value !== 'boolean') throw invalidType('options.noNewPrivileges', 'of type boolean', value);
  return value;
}

/** Reads the `cgroup` option. It rejects a relative path, which could mean the `cwd` of this process or of the child. */
function readCgroup(cgroup: unknown): string {
  const name = 'options.cgroup';
  if (typeof cgroup !== 'string') throw invalidType(name, 'of type string', cgroup);
  if (!cgroup.startsWith('/') || cgroup.includes('\0')) {
    throw invalidValue(name, cgroup, 'must be an absolute path without null bytes');
  }
  return cgroup;
}

function readPipes(pipes: unknown): 'socket' | 'pipe' {
  if (pipes === 'socket' || pipes === 'pipe') return pipes;
  const name = 'options.pipes';
  if (typeof pipes === 'string') throw invalidValue(name, pipes, "must be 'socket' or 'pipe'");
  throw invalidType(name, "'socket' or 'pipe'", pipes);
}
