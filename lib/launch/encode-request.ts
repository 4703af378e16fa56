import {
  LAUNCH_INHERIT_ENV,
  LAUNCH_NEW_SESSION,
  LAUNCH_SET_CWD,
  LAUNCH_SET_GID,
  LAUNCH_SET_UID,
} from '../native/interface.js';
import { isEnvironmentOursAlone } from '../node/environment.js';
import type { SpawnRequest } from '../node/spawn-request.js';
import { environmentPairs } from '../options/environment.js';
import { type Ids, idsOf, type LaunchConfig } from '../options/launch-config.js';
import { copyList } from '../util/lists.js';
import type { StdioSource } from './stdio.js';

/** A launch as the addon takes it. */
export interface EncodedRequest {
  readonly strings: string;
  readonly header: Int32Array;
}

/** Words before those of stdio: flags, uid, gid, and three counts. */
const HEAD = 6;

/** The caller's lists are read once each, so that what is counted is what is written. */
export function encodeRequest(
  request: SpawnRequest,
  stdio: readonly StdioSource[],
  config: LaunchConfig,
): EncodedRequest {
  const { file, cwd, detached } = request;
  const args = copyList(request.args ?? []);
  const added = copyList(request.envPairs ?? []);
  const program = joinStrings(cString(file) + cString(cwd ?? ''), args);
  // Asked for after all code of the caller: that can still share the environment with a Worker.
  const isOwn = config.inheritsEnvironment || request.envPairs === undefined;
  const inherits = config.inheritsEnvironment && added.length === 0 && isEnvironmentOursAlone();
  const environment = isOwn && !inherits ? [...environmentPairs({ ...process.env }), ...added] : added;
  const ids = idsOf(request, config);
  const kept = config.passFds.filter((fd) => fd >= stdio.length);
  const counts = [args.length, environment.length, stdio.length];
  const head = [readFlags(detached, cwd, ids, inherits), ids.uid ?? 0, ids.gid ?? 0, ...counts];
  return { strings: joinStrings(program, environment), header: toWords(head, stdio, kept) };
}

/** A new array for each launch: one that is reused would hold what is left of others. */
function toWords(
  head: readonly number[],
  stdio: readonly StdioSource[],
  kept: readonly number[],
): Int32Array {
  const words = new Int32Array(HEAD + 2 * stdio.length + kept.length);
  let at = 0;
  for (const word of head) words[at++] = word;
  for (const { kind, fd } of stdio) {
    words[at++] = kind;
    words[at++] = fd;
  }
  for (const fd of kept) words[at++] = fd;
  return words;
}

function readFlags(detached: boolean, cwd: unknown, { uid, gid }: Ids, inherits: boolean): number {
  let flags = detached ? LAUNCH_NEW_SESSION : 0;
  if (isPresent(cwd)) flags |= LAUNCH_SET_CWD;
  if (isPresent(uid)) flags |= LAUNCH_SET_UID;
  if (isPresent(gid)) flags |= LAUNCH_SET_GID;
  if (inherits) flags |= LAUNCH_INHERIT_ENV;
  return flags;
}

function isPresent<T>(value: T): value is NonNullable<T> {
  return value !== undefined && value !== null;
}

/** Each string followed by NUL. */
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
