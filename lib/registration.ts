import { ChildProcess } from 'node:child_process';
import { fstatSync } from 'node:fs';
import { bare } from './checks.js';
import { hidden } from './hidden.js';
import { readKeepFds } from './kept-fds.js';
import type { NodeFunctions } from './node-functions.js';
import { type LaunchOptions, pickLaunchOptions } from './options.js';
import type { Launch } from './plan.js';
import { normalizeRlimits } from './rlimits.js';
import { normalizeSettings, readCgroup, readPipes } from './settings.js';
import { readUser } from './users.js';

/** What one call of register() wants for every child. */
export interface Defaults {
  readonly options: Omit<LaunchOptions, 'keepFds'>;
  readonly keptFds: readonly KeptFd[];
}

/** A descriptor, and what it was when it was named: should its number be another's by then, that one is not handed on. */
export interface KeptFd {
  readonly fd: number;
  readonly device: bigint;
  readonly inode: bigint;
}

/**
 * What is registered in this process (or Worker). It hangs on Node's own class, where every copy of this library finds
 * it, whichever version, module cache or vm context it was loaded from: so its shape must not change.
 */
export interface Registration {
  /** What stood in `node:child_process` before. */
  readonly replaced: Partial<NodeFunctions>;
  /** One for each register() that was not undone yet; the last one counts. */
  readonly defaults: Defaults[];
  /** Of the copy that has put its own functions in place: no other knows them. */
  uninstall(): void;
}

const KEY = Symbol.for('safe-spawn.registration');

export function registration(): Registration | undefined {
  return Reflect.get(ChildProcess, KEY) as Registration | undefined;
}

export function setRegistration(value: Registration | undefined): void {
  Object.defineProperty(ChildProcess, KEY, hidden(value));
}

/** Options that Node has, and that bear upon launch options. */
interface NodeOptions {
  readonly detached?: unknown;
  readonly stdio?: unknown;
  readonly uid?: unknown;
}

/** What is wanted for this child, on top of what is wanted for all. Options must have no prototype: see {@link bare}. */
export function launchOf(options: LaunchOptions & NodeOptions, inheritsEnvironment: boolean): Launch {
  const defaults = registration()?.defaults.at(-1);
  const wanted = defaults === undefined ? options : withDefaults(options, defaults.options);
  const account = readUser(wanted.user, wanted);
  return {
    inheritsEnvironment,
    rlimits: normalizeRlimits(wanted.rlimits),
    keepFds: mergeFds(readKeepFds(options.keepFds, options.stdio), defaults),
    oneWayPipes: readPipes(wanted.pipes),
    settings: normalizeSettings(account === undefined ? wanted : bare(wanted, account)),
    account,
    cgroup: readCgroup(wanted.cgroup),
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
  const asked = pickLaunchOptions(options);
  return bare(options, others, group, account, asked, { rlimits });
}

function mergeFds(asked: number[], defaults: Defaults | undefined): number[] {
  if (defaults === undefined || defaults.keptFds.length === 0) return asked;
  const open = defaults.keptFds.filter(isStillOpen).map(({ fd }) => fd);
  return [...new Set([...asked, ...open])].sort((one, other) => one - other);
}

export function keepFd(fd: number): KeptFd {
  const { dev: device, ino: inode } = fstatSync(fd, { bigint: true });
  return { fd, device, inode };
}

function isStillOpen({ fd, device, inode }: KeptFd): boolean {
  try {
    const now = keepFd(fd);
    return now.device === device && now.inode === inode;
  } catch {
    return false;
  }
}
