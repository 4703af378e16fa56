import {
  ATTRIBUTE_GROUPS,
  ATTRIBUTE_NICE,
  ATTRIBUTE_NO_NEW_PRIVILEGES,
  ATTRIBUTE_OOM_SCORE_ADJ,
  ATTRIBUTE_PROCESS_GROUP,
  ATTRIBUTE_UMASK,
  LAUNCH_INHERIT_ENV,
  LAUNCH_NEW_SESSION,
  LAUNCH_SET_CWD,
  LAUNCH_SET_GID,
  LAUNCH_SET_UID,
  RLIMIT_SET_HARD,
  RLIMIT_SET_SOFT,
} from '../native/interface.js';
import { isEnvironmentOursAlone } from '../node/environment.js';
import type { SpawnRequest } from '../node/spawn-request.js';
import { environmentPairs } from '../options/environment.js';
import { type LaunchConfig, requestedGroups, requestedIds } from '../options/launch-config.js';
import { resourceNumber } from '../options/rlimits.js';
import { copyList } from '../util/lists.js';
import type { StdioSource } from './stdio.js';

/** The arguments of the addon that say what is to be launched. Their parts are described in `native/interface.ts`. */
export interface EncodedRequest {
  readonly strings: string;
  readonly header: Int32Array;
  readonly rlimits: BigUint64Array | undefined;
  readonly attributes: Int32Array | undefined;
  readonly cgroup: string | undefined;
}

type Ids = ReturnType<typeof requestedIds>;

/** Number of words before those of stdio: flags, uid, gid, and three counts. */
const HEAD = 6;

/**
 * Encodes a launch for the addon. Nothing else knows the form. Reads each list of the caller once, so that the counts are those of
 * what is written.
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
  // This comes after all code of the caller, which can still share the environment with a Worker.
  const isOwn = config.inheritsEnvironment || request.envPairs === undefined;
  const inherits = config.inheritsEnvironment && added.length === 0 && isEnvironmentOursAlone();
  const environment = isOwn && !inherits ? [...environmentPairs({ ...process.env }), ...added] : added;
  const ids = requestedIds(request, config);
  const passed = config.passFds?.filter((fd) => fd >= stdio.length) ?? [];
  const counts = [args.length, environment.length, stdio.length];
  const head = [encodeFlags(detached, cwd, ids, inherits), ids.uid ?? 0, ids.gid ?? 0, ...counts];
  return {
    strings: joinStrings(program, environment),
    header: toWords(head, stdio, passed),
    rlimits: encodeRlimits(config.rlimits),
    attributes: encodeAttributes(config),
    cgroup: config.cgroup,
  };
}

/** A new array for each launch: one that is reused would hold what is left of others. */
function toWords(
  head: readonly number[],
  stdio: readonly StdioSource[],
  passed: readonly number[],
): Int32Array {
  const words = new Int32Array(HEAD + 2 * stdio.length + passed.length);
  let at = 0;
  for (const word of head) words[at++] = word;
  for (const { kind, fd } of stdio) {
    words[at++] = kind;
    words[at++] = fd;
  }
  for (const fd of passed) words[at++] = fd;
  return words;
}

function encodeFlags(detached: boolean, cwd: unknown, { uid, gid }: Ids, inherits: boolean): number {
  let flags = detached ? LAUNCH_NEW_SESSION : 0;
  if (isPresent(cwd)) flags |= LAUNCH_SET_CWD;
  if (isPresent(uid)) flags |= LAUNCH_SET_UID;
  if (isPresent(gid)) flags |= LAUNCH_SET_GID;
  if (inherits) flags |= LAUNCH_INHERIT_ENV;
  return flags;
}

function encodeRlimits(rlimits: LaunchConfig['rlimits']): BigUint64Array | undefined {
  if (rlimits === undefined) return undefined;
  const words: bigint[] = [];
  for (const [resource, { soft, hard }] of rlimits) {
    const halves = (soft === undefined ? 0n : RLIMIT_SET_SOFT) | (hard === undefined ? 0n : RLIMIT_SET_HARD);
    if (halves !== 0n) words.push(BigInt(resourceNumber(resource)), halves, soft ?? 0n, hard ?? 0n);
  }
  return words.length === 0 ? undefined : BigUint64Array.from(words);
}

function encodeAttributes(config: LaunchConfig): Int32Array | undefined {
  const { umask, nice, oomScoreAdj, processGroup, deathSignal, noNewPrivileges } = config;
  const groups = requestedGroups(config);
  let given = noNewPrivileges ? ATTRIBUTE_NO_NEW_PRIVILEGES : 0;
  if (umask !== undefined) given |= ATTRIBUTE_UMASK;
  if (nice !== undefined) given |= ATTRIBUTE_NICE;
  if (oomScoreAdj !== undefined) given |= ATTRIBUTE_OOM_SCORE_ADJ;
  if (processGroup !== undefined) given |= ATTRIBUTE_PROCESS_GROUP;
  if (groups !== undefined) given |= ATTRIBUTE_GROUPS;
  if (given === 0 && deathSignal === undefined) return undefined;
  const group = processGroup === true ? 0 : processGroup;
  const numbers = [umask, nice, oomScoreAdj, group, deathSignal].map((value) => value ?? 0);
  return Int32Array.of(given, ...numbers, ...(groups ?? []));
}

function isPresent<T>(value: T): value is NonNullable<T> {
  return value !== undefined && value !== null;
}

/** Joins strings, each followed by NUL. */
function joinStrings(first: string, others: readonly unknown[]): string {
  let strings = first;
  for (const other of others) strings += cString(other);
  return strings;
}

/** The kernel would see it end at the first NUL; here that would shift the strings behind it. */
function cString(value: unknown): string {
  const text = `${value}\0`;
  return text.slice(0, text.indexOf('\0') + 1);
}
