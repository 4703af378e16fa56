import { environmentPairs } from './environment.js';
import {
  LAUNCH_INHERIT_ENV,
  LAUNCH_NEW_SESSION,
  LAUNCH_SET_GID,
  LAUNCH_SET_UID,
  STDIO_FD,
  STDIO_IGNORE,
} from './native.js';
import type { SpawnRequest } from './node-internals.js';
import { appendStdio } from './stdio.js';

type Ids = Pick<SpawnRequest, 'uid' | 'gid'>;

/** What a launch is told beside what Node passes on. */
export interface Launch {
  /** The child gets the environment of this process. */
  readonly inheritsEnvironment: boolean;
  readonly rlimits: BigUint64Array | undefined;
  /** Descriptors that it gets under their own number, where stdio has none of that number. Ascending. */
  readonly keepFds: readonly number[];
  /** Whether pipes of stdio are pipe(2)s, and no sockets. */
  readonly oneWayPipes: boolean;
  readonly settings: Int32Array | undefined;
  /** Ids of the option `user`, which Node does not know; they count in the place of those that it passes on. */
  readonly account: Ids | undefined;
  readonly cgroup: string | undefined;
}

/** A launch as the addon takes it. */
export interface Plan {
  readonly strings: string;
  /** Valid until the next plan is made. */
  readonly words: Int32Array;
  /** 0, or a negative errno: something in stdio can't be passed on. */
  readonly refused: number;
}

/** Index of the first stdio entry in the words of a launch. */
const WORD_STDIO = 6;

/** An array that the addon has seen before is cheap to pass. */
let wordBuffer = new Int32Array(64);

export function makePlan(request: SpawnRequest, launch: Launch): Plan {
  const { file, args = [], cwd, envPairs = [], stdio } = request;
  const inherits = request.envPairs === undefined || (launch.inheritsEnvironment && envPairs.length === 0);
  // Node adds the number of an IPC channel: then the environment has to be spelled out after all.
  const isSpelledOut = launch.inheritsEnvironment && !inherits;
  const environment = isSpelledOut ? [...environmentPairs({ ...process.env }), ...envPairs] : envPairs;
  const ids = launch.account ?? request;
  const strings = joinStrings(file, cwd, args, environment);
  const words = [
    readFlags(request.detached, ids, inherits),
    ids.uid ?? 0,
    ids.gid ?? 0,
    args.length,
    environment.length,
    Math.max(stdio.length, (launch.keepFds.at(-1) ?? -1) + 1),
  ];
  const refused = appendStdio(stdio, words, launch.oneWayPipes);
  appendKept(launch.keepFds, stdio.length, words);
  return { strings, words: toTypedArray(words), refused };
}

/** Last, when no foreign code runs any more that could make another plan. */
function toTypedArray(words: readonly number[]): Int32Array {
  if (words.length > wordBuffer.length) wordBuffer = new Int32Array(2 * words.length);
  wordBuffer.set(words);
  return wordBuffer;
}

function readFlags(detached: boolean, { uid, gid }: Ids, inherits: boolean): number {
  let flags = 0;
  if (detached) flags |= LAUNCH_NEW_SESSION;
  if (isGiven(uid)) flags |= LAUNCH_SET_UID;
  if (isGiven(gid)) flags |= LAUNCH_SET_GID;
  if (inherits) flags |= LAUNCH_INHERIT_ENV;
  return flags;
}

function appendKept(keepFds: readonly number[], first: number, words: number[]): void {
  for (const fd of keepFds) {
    if (fd < first) continue;
    while (words.length < WORD_STDIO + 2 * fd) words.push(STDIO_IGNORE, -1);
    words.push(STDIO_FD, fd);
  }
}

function isGiven<T>(value: T): value is NonNullable<T> {
  return value !== undefined && value !== null;
}

/** Each string followed by NUL. */
function joinStrings(
  file: string,
  cwd: unknown,
  args: readonly unknown[],
  environment: readonly unknown[],
): string {
  let strings = cString(file) + (isGiven(cwd) ? cString(cwd) : '\0');
  for (const argument of args) strings += cString(argument);
  for (const pair of environment) strings += cString(pair);
  return strings;
}

/** The kernel would see it end at the first NUL; here that would shift the strings behind it. */
function cString(value: unknown): string {
  const text = `${value}\0`;
  return text.slice(0, text.indexOf('\0') + 1);
}
