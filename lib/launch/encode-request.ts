import { addon } from '../native/addon.js';
import { inheritedPairs, isEnvironmentOursAlone } from '../node/environment.js';
import type { SpawnRequest } from '../node/spawn-request.js';
import {
  type LaunchConfig,
  type RequestedLimit,
  requestedGroups,
  requestedIds,
} from '../options/launch-config.js';
import { resourceNumber } from '../options/rlimits.js';
import type { Rlimits } from '../types.js';
import { append, copyList } from '../util/lists.js';
import type { StdioSource } from './stdio.js';

/** The arguments of the addon that describe a launch. `native/interface.ts` describes their parts. */
export interface EncodedRequest {
  readonly strings: string;
  readonly header: Int32Array;
  readonly rlimits: BigUint64Array | undefined;
  readonly attributes: Int32Array | undefined;
  readonly cgroup: string | undefined;
}

type Ids = ReturnType<typeof requestedIds>;

/** Length of the header before the stdio entries: flags, uid, gid, and three counts. */
const HEAD = 6;

/** Numbers for each limit. */
const WORDS_OF_LIMIT = 4;

/** This is read at load, since a program may replace it later. */
const { forEach: forEachEntry } = Map.prototype;

/**
 * Encodes a launch for the addon. No other file knows the format. It reads each list of the caller once, so that the counts
 * match the contents.
 */
export function encodeRequest(
  request: SpawnRequest,
  stdio: readonly StdioSource[],
  config: LaunchConfig,
): EncodedRequest {
  const { file, cwd, detached } = request;
  const args = copyList(request.args ?? []);
  const added = copyList(request.envPairs ?? []);
  const program = joinStrings(cString(file) + cString(cwd ?? ''), args);
  // This runs after all code of the caller, which could still share the environment with a Worker.
  const isOwn = config.inheritsEnvironment || request.envPairs === undefined;
  const inherits = config.inheritsEnvironment && added.length === 0 && isEnvironmentOursAlone();
  const environment = isOwn && !inherits ? append(inheritedPairs(), added) : added;
  const ids = requestedIds(request, config);
  const header = encodeFds(stdio, config.passFds ?? []);
  header[0] = encodeFlags(detached, cwd, ids, inherits);
  header[1] = ids.uid ?? 0;
  header[2] = ids.gid ?? 0;
  header[3] = args.length;
  header[4] = environment.length;
  header[5] = stdio.length;
  return {
    strings: joinStrings(program, environment),
    header,
    rlimits: encodeRlimits(config.rlimits),
    attributes: encodeAttributes(config),
    cgroup: config.cgroup,
  };
}

/**
 * Returns a header with its descriptors, in a new array, since a reused one would contain values of earlier launches. It is
 * written by index, since a program may replace the iterator and the methods of all arrays.
 */
function encodeFds(stdio: readonly StdioSource[], passFds: readonly number[]): Int32Array {
  const { STDIO_FD, STDIO_IGNORE, STDIO_ONE_WAY_PIPE, STDIO_PIPE } = addon().constants;
  const kinds = { ignore: STDIO_IGNORE, pipe: STDIO_PIPE, oneWayPipe: STDIO_ONE_WAY_PIPE, fd: STDIO_FD };
  const { length } = stdio;
  let first = 0;
  while (first < passFds.length && (passFds[first] as number) < length) first++;
  const words = new Int32Array(HEAD + 2 * length + passFds.length - first);
  let at = HEAD;
  for (let index = 0; index < length; index++) {
    const { kind, fd } = stdio[index] as StdioSource;
    words[at++] = kinds[kind];
    words[at++] = fd;
  }
  for (let index = first; index < passFds.length; index++) words[at++] = passFds[index] as number;
  return words;
}

function encodeFlags(detached: boolean, cwd: unknown, { uid, gid }: Ids, inherits: boolean): number {
  const { constants } = addon();
  let flags = detached ? constants.LAUNCH_NEW_SESSION : 0;
  if (isPresent(cwd)) flags |= constants.LAUNCH_SET_CWD;
  if (isPresent(uid)) flags |= constants.LAUNCH_SET_UID;
  if (isPresent(gid)) flags |= constants.LAUNCH_SET_GID;
  if (inherits) flags |= constants.LAUNCH_INHERIT_ENV;
  return flags;
}

function encodeRlimits(rlimits: LaunchConfig['rlimits']): BigUint64Array | undefined {
  if (rlimits === undefined || rlimits.size === 0) return undefined;
  const { RLIMIT_SET_HARD, RLIMIT_SET_SOFT } = addon().constants;
  const words = new BigUint64Array(WORDS_OF_LIMIT * rlimits.size);
  let at = 0;
  Reflect.apply(forEachEntry, rlimits, [
    ({ soft, hard }: RequestedLimit, resource: keyof Rlimits) => {
      const halves = (soft === undefined ? 0 : RLIMIT_SET_SOFT) | (hard === undefined ? 0 : RLIMIT_SET_HARD);
      if (halves === 0) return;
      words[at++] = BigInt(resourceNumber(resource));
      words[at++] = BigInt(halves);
      words[at++] = soft ?? 0n;
      words[at++] = hard ?? 0n;
    },
  ]);
  return at === 0 ? undefined : words.subarray(0, at);
}

function encodeAttributes(config: LaunchConfig): Int32Array | undefined {
  const { umask, nice, oomScoreAdj, processGroup, deathSignal, noNewPrivileges } = config;
  const groups = requestedGroups(config);
  const { constants } = addon();
  let given = noNewPrivileges ? constants.ATTRIBUTE_NO_NEW_PRIVILEGES : 0;
  if (umask !== undefined) given |= constants.ATTRIBUTE_UMASK;
  if (nice !== undefined) given |= constants.ATTRIBUTE_NICE;
  if (oomScoreAdj !== undefined) given |= constants.ATTRIBUTE_OOM_SCORE_ADJ;
  if (processGroup !== undefined) given |= constants.ATTRIBUTE_PROCESS_GROUP;
  if (groups !== undefined) given |= constants.ATTRIBUTE_GROUPS;
  if (given === 0 && deathSignal === undefined) return undefined;
  const group = processGroup === true ? 0 : processGroup;
  return toWords(append([given, umask, nice, oomScoreAdj, group, deathSignal], groups ?? []));
}

function toWords(numbers: readonly (number | undefined)[]): Int32Array {
  const words = new Int32Array(numbers.length);
  for (let index = 0; index < numbers.length; index++) words[index] = numbers[index] ?? 0;
  return words;
}

function isPresent<T>(value: T): value is NonNullable<T> {
  return value !== undefined && value !== null;
}

/** Joins strings, each followed by NUL. */
function joinStrings(first: string, others: readonly unknown[]): string {
  let strings = first;
  for (let index = 0; index < others.length; index++) strings += cString(others[index]);
  return strings;
}

/** Cuts a string at its first NUL, where the kernel would end it. Otherwise the strings behind it would shift. */
function cString(value: unknown): string {
  const text = `${value}\0`;
  return text.slice(0, text.indexOf('\0') + 1);
}
