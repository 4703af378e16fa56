import { type Defaults, registration } from '../node/originals.js';
import type { SpawnRequest } from '../node/spawn-request.js';
import type { LaunchOptions } from '../types.js';
import { nullPrototype } from '../util/objects.js';
import { encodeAttributes, readCgroup, readPipes } from './attributes.js';
import { pickLaunchOptions } from './launch-options.js';
import { isSameFile, readPassFds } from './pass-fds.js';
import { normalizeRlimits } from './rlimits.js';
import { readUser } from './users.js';

export type Ids = Pick<SpawnRequest, 'uid' | 'gid'>;

/** What a launch is told beside what Node passes on. */
export interface LaunchConfig {
  /** The child gets the environment of this process. */
  readonly inheritsEnvironment: boolean;
  readonly rlimits: BigUint64Array | undefined;
  /** Descriptors that it gets under their own number, where stdio has none of that number. Ascending. */
  readonly passFds: readonly number[];
  /** Whether pipes of stdio are pipe(2)s, and no sockets. */
  readonly oneWayPipes: boolean;
  readonly attributes: Int32Array | undefined;
  /** Ids of the option `user`, which Node does not know; they count in the place of those that it passes on. */
  readonly account: Ids | undefined;
  readonly cgroup: string | undefined;
}

/** Of the user that the child is to be. */
export function idsOf(request: SpawnRequest, { account }: LaunchConfig): Ids {
  return account ?? request;
}

/** Options that Node has, and that bear upon launch options. */
interface NodeOptions {
  readonly detached?: unknown;
  readonly stdio?: unknown;
  readonly uid?: unknown;
}

/** What is wanted for this child, on top of what is wanted for all. Options must have no prototype: see {@link nullPrototype}. */
export function readLaunchConfig(
  options: LaunchOptions & NodeOptions,
  inheritsEnvironment: boolean,
): LaunchConfig {
  const defaults = registration()?.defaults.at(-1);
  const effective = defaults === undefined ? options : withDefaults(options, defaults.options);
  const account = readUser(effective.user, effective);
  return {
    inheritsEnvironment,
    rlimits: normalizeRlimits(effective.rlimits),
    passFds: mergeFds(readPassFds(options.passFds, options.stdio), defaults),
    oneWayPipes: readPipes(effective.pipes),
    attributes: encodeAttributes(account === undefined ? effective : nullPrototype(effective, account)),
    account,
    cgroup: readCgroup(effective.cgroup),
  };
}

/** Limits add up by resource. What a call asks for must not be refused for a default: a session makes a group, a uid is a user. */
function withDefaults(
  options: LaunchOptions & NodeOptions,
  defaults: Defaults['options'],
): LaunchOptions & NodeOptions {
  const given = options.rlimits;
  const isRecord = typeof given === 'object' && given !== null;
  const rlimits = given === undefined || isRecord ? { ...defaults.rlimits, ...given } : given;
  const { processGroup, user, ...others } = defaults;
  const group = options.detached ? {} : { processGroup };
  const account = options.uid === undefined || options.uid === null ? { user } : {};
  const requested = pickLaunchOptions(options);
  return nullPrototype(options, others, group, account, requested, { rlimits });
}

function mergeFds(asked: number[], defaults: Defaults | undefined): number[] {
  if (defaults === undefined || defaults.passFds.length === 0) return asked;
  const open = defaults.passFds.filter(isSameFile).map(({ fd }) => fd);
  return [...new Set([...asked, ...open])].sort((one, other) => one - other);
}
