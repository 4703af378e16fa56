import {
  ATTRIBUTE_GROUPS,
  ATTRIBUTE_NICE,
  ATTRIBUTE_NO_NEW_PRIVILEGES,
  ATTRIBUTE_OOM_SCORE_ADJ,
  ATTRIBUTE_PROCESS_GROUP,
  ATTRIBUTE_UMASK,
} from '../native/interface.js';
import { invalidType, invalidValue, outOfRange, unsupportedInWorkers } from '../util/errors.js';
import { hintAtSignal, isSignal, signalNumber } from '../util/signals.js';
import { readGroups } from './users.js';

/** The options that are numbers to the kernel, and those that they depend on. Unchecked. */
type Given = Readonly<
  Partial<
    Record<
      | 'umask'
      | 'nice'
      | 'oomScoreAdj'
      | 'processGroup'
      | 'deathSignal'
      | 'noNewPrivileges'
      | 'groups'
      | 'uid'
      | 'gid'
      | 'detached',
      unknown
    >
  >
>;

const HIGHEST_SIGNAL = 64;
const HIGHEST_PID: number = 2 ** 31 - 1;

/** The attributes of a launch as the addon takes them; undefined if none is asked for. `uid` and `gid` are ids by now. */
export function encodeAttributes(given: Given): Int32Array | undefined {
  const umask = readUmask(given.umask);
  const nice = readInteger('options.nice', given.nice, -20, 19);
  const oomScoreAdj = readInteger('options.oomScoreAdj', given.oomScoreAdj, -1000, 1000);
  const processGroup = readProcessGroup(given.processGroup, given.detached);
  const deathSignal = readDeathSignal(given.deathSignal);
  const groups = readGroups(given.groups, given);

  let asked = readFlag('options.noNewPrivileges', given.noNewPrivileges) ? ATTRIBUTE_NO_NEW_PRIVILEGES : 0;
  if (umask !== undefined) asked |= ATTRIBUTE_UMASK;
  if (nice !== undefined) asked |= ATTRIBUTE_NICE;
  if (oomScoreAdj !== undefined) asked |= ATTRIBUTE_OOM_SCORE_ADJ;
  if (processGroup !== undefined) asked |= ATTRIBUTE_PROCESS_GROUP;
  if (groups !== undefined) asked |= ATTRIBUTE_GROUPS;
  if (asked === 0 && deathSignal === undefined) return undefined;
  const numbers = [umask, nice, oomScoreAdj, processGroup, deathSignal].map((value) => value ?? 0);
  return Int32Array.of(asked, ...numbers, ...(groups ?? []));
}

/** Indices of the attributes, for what is said of a launch that failed or of its child. */
export const ATTRIBUTE_INDEX = {
  asked: 0,
  umask: 1,
  nice: 2,
  oomScoreAdj: 3,
  processGroup: 4,
  deathSignal: 5,
  groups: 6,
} as const;

/** Whether the child is the leader of a process group of its own. */
export function leadsGroup(attributes: Int32Array | undefined): boolean {
  return askedGroup(attributes) === 0;
}

/** The process group of others that the child joins. */
export function joinedGroup(settings: Int32Array | undefined): number | undefined {
  return askedGroup(settings) || undefined;
}

function askedGroup(settings: Int32Array | undefined): number | undefined {
  const asked = ((settings?.[ATTRIBUTE_INDEX.asked] ?? 0) & ATTRIBUTE_PROCESS_GROUP) !== 0;
  return asked ? settings?.[ATTRIBUTE_INDEX.processGroup] : undefined;
}

/** A string is octal, as for process.umask(). */
function readUmask(umask: unknown): number | undefined {
  const name = 'options.umask';
  if (typeof umask !== 'string') return readInteger(name, umask, 0, 0o777);
  if (!/^[0-7]+$/.test(umask)) throw invalidValue(name, umask, 'must be an octal number');
  return readInteger(name, Number.parseInt(umask, 8), 0, 0o777);
}

function readInteger(name: string, value: unknown, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'number') throw invalidType(name, 'of type number', value);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw outOfRange(name, `an integer >= ${least} && <= ${most}`, value);
  }
  return value;
}

/** 0: one of its own. */
function readProcessGroup(value: unknown, detached: unknown): number | undefined {
  const name = 'options.processGroup';
  if (value === undefined || value === false) return undefined;
  if (value !== true && typeof value !== 'number')
    throw invalidType(name, 'of type boolean or number', value);
  if (detached)
    throw invalidValue(name, value, "can't be combined with options.detached, which makes a group too");
  return value === true ? 0 : readInteger(name, value, 1, HIGHEST_PID);
}

/** The kernel sends it when the thread ends that has started the child. */
function readDeathSignal(signal: unknown): number | undefined {
  const name = 'options.deathSignal';
  if (signal === undefined) return undefined;
  if (typeof signal !== 'string' && typeof signal !== 'number') {
    throw invalidType(name, 'of type string or number', signal);
  }
  if (!isDeathSignal(signal)) throw invalidValue(name, signal, `is not a signal${hintAtSignal(signal)}`);
  if (!isMainThread()) throw unsupportedInWorkers(name, 'it is sent when the thread ends, not the process');
  return signalNumber(signal as NodeJS.Signals);
}

/** Asked for here only: the addon's fast ways need to know whether anybody has loaded this module. */
function isMainThread(): boolean {
  return (require('node:worker_threads') as typeof import('node:worker_threads')).isMainThread;
}

function isDeathSignal(signal: string | number): boolean {
  if (typeof signal === 'string') return isSignal(signal);
  return Number.isInteger(signal) && signal > 0 && signal <= HIGHEST_SIGNAL;
}

function readFlag(name: string, value: unknown): boolean {
  if (value === undefined) return false;
  if (typeof value !== 'boolean') throw invalidType(name, 'of type boolean', value);
  return value;
}

/** The `cgroup` option. Relative paths are refused: a child that has a `cwd` would leave open to what they are. */
export function readCgroup(cgroup: unknown): string | undefined {
  const name = 'options.cgroup';
  if (cgroup === undefined) return undefined;
  if (typeof cgroup !== 'string') throw invalidType(name, 'of type string', cgroup);
  if (!cgroup.startsWith('/') || cgroup.includes('\0')) {
    throw invalidValue(name, cgroup, 'must be an absolute path without null bytes');
  }
  return cgroup;
}

/** The `pipes` option: whether they go one way. */
export function readPipes(pipes: unknown): boolean {
  if (pipes === undefined || pipes === 'socket') return false;
  if (pipes === 'pipe') return true;
  const name = 'options.pipes';
  if (typeof pipes === 'string') throw invalidValue(name, pipes, "must be 'socket' or 'pipe'");
  throw invalidType(name, "'socket' or 'pipe'", pipes);
}
