import type { Rlimits } from '../types.js';

/** The requested halves of a limit. The child inherits a half that is undefined. */
export interface RequestedLimit {
  readonly soft: bigint | undefined;
  readonly hard: bigint | undefined;
}

/** The ids of the option `user`. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  /** Groups that the system has for the user; undefined if the option `groups` lists others. */
  readonly groups: readonly number[] | undefined;
}

/**
 * The launch options of one child as plain, validated values, with ids instead of names. An absent option is undefined. Only
 * `launch/encode-request.ts` knows the form in which the addon takes them. The object has no prototype, since a property of
 * Object.prototype must not become an option.
 */
export interface LaunchConfig {
  /** The child gets the environment of this process. */
  readonly inheritsEnvironment: boolean;
  readonly rlimits?: ReadonlyMap<keyof Rlimits, RequestedLimit>;
  /** Descriptors that keep their number in the child, in ascending order. An entry of stdio with the same number wins. */
  readonly passFds?: readonly number[];
  readonly umask?: number;
  readonly nice?: number;
  readonly oomScoreAdj?: number;
  readonly user?: Account;
  readonly groups?: readonly number[] | undefined;
  /** Process group that the child joins; `true` for a new group that it leads. */
  readonly processGroup?: true | number | undefined;
  readonly deathSignal?: number;
  readonly noNewPrivileges?: boolean;
  readonly cgroup?: string;
  readonly pipes?: 'socket' | 'pipe';
}

interface Ids {
  readonly uid: number | null | undefined;
  readonly gid: number | null | undefined;
}

/** Returns the ids that the child gets. The option `user` overrides the ids that Node passes. */
export function requestedIds(request: Ids, { user }: LaunchConfig): Ids {
  return user ?? request;
}

/** Returns the supplementary groups that the child gets; undefined if no option sets them. */
export function requestedGroups({ groups, user }: LaunchConfig): readonly number[] | undefined {
  return groups ?? user?.groups;
}
