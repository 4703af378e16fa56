import { closeSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { getSystemErrorName } from 'node:util';
import { addon } from '../native/addon.js';
import { killTreeError, unknownSignal } from '../util/errors.js';
import { isSignal, signalNumber } from '../util/signals.js';
import type { Containment } from './started-process.js';

const { EMFILE, ENFILE, ESRCH } = constants.errno;
const { SIGKILL } = constants.signals;

/** What belongs to a child, as far as it is known. */
export interface KillTarget {
  /** The cgroup in which it was born. */
  readonly cgroup: string | undefined;
  /** Its process group, if it leads one and was not reaped: after that the number may be a stranger's. */
  readonly group: number | undefined;
  /** Whether it has ever led a group. */
  readonly leadsGroup: boolean;
  /** The group of others that it has joined, if it was told to. */
  readonly joinedGroup: number | undefined;
}

export function containmentOf(target: KillTarget | undefined): Containment {
  if (target?.cgroup !== undefined) return 'cgroup';
  return target?.leadsGroup ? 'group' : 'none';
}

/** Sends a signal to all that is known to belong to a child. Returns whether anything was there. */
export function killTree(target: KillTarget, signal: unknown): boolean {
  if (signal !== 0 && !isSignal(signal)) throw unknownSignal(signal);
  const number = signalNumber(signal as NodeJS.Signals);
  if (target.cgroup !== undefined) return killCgroup(target.cgroup, number);
  if (target.joinedGroup !== undefined) {
    const group = target.joinedGroup;
    throw killTreeError(
      `would reach others than this child, which was started in process group ${group}: signal that group by ` +
        `process.kill(-${group}), or start the child with the option processGroup: true, or detached: true, or cgroup`,
    );
  }
  if (!target.leadsGroup) {
    throw killTreeError(
      'does not know what belongs to this child, which shares its process group with others: start it with the ' +
        'option processGroup: true, or detached: true, or cgroup',
    );
  }
  return target.group !== undefined && killGroup(target.group, number);
}

/** The group's number is not another's as long as its leader, even a dead one, was not reaped. */
function killGroup(group: number, signal: number): boolean {
  try {
    return process.kill(-group, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

// ---- cgroups -------------------------------------------------------------------------------------------------

/** What cgroup.procs shows of a process that has no number in the PID namespace of this one. */
const OF_ANOTHER_NAMESPACE = 0;

/** Returns false if the cgroup is empty or gone. Throws if a member could not be signalled, after the others were. */
function killCgroup(cgroup: string, signal: number): boolean {
  const members = membersOf(cgroup);
  if (members.includes(process.pid)) {
    throw killTreeError(
      `would kill this process too, which is in ${cgroup}: give the child a cgroup of its own`,
    );
  }
  if (members.length === 0) return false;
  if (signal === 0 || (signal === SIGKILL && killAtOnce(cgroup))) return true;
  const missed = signalEach(cgroup, signal);
  if (missed.length > 0) {
    throw killTreeError(
      `could not signal all processes of ${cgroup}: ${missed.join(', ')}. The others got the signal`,
    );
  }
  return true;
}

/**
 * Kills the cgroup atomically, including processes that are being forked, and those of other PID namespaces. Returns false
 * if the kernel has no cgroup.kill (before Linux 5.14), or if this process may not write to it.
 */
function killAtOnce(cgroup: string): boolean {
  try {
    writeFileSync(join(cgroup, 'cgroup.kill'), '1', { flag: 'r+' });
    return true;
  } catch {
    return false;
  }
}

/** Looks again for what was forked meanwhile; not for ever, since there may be no end to that. */
const MOST_ROUNDS = 16;

/** Returns which members could not be signalled, and why, in words. */
function signalEach(cgroup: string, signal: number): string[] {
  const done = new Set<number>();
  const missed: string[] = [];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const fresh = membersOf(cgroup).filter((pid) => pid !== OF_ANOTHER_NAMESPACE && !done.has(pid));
    if (fresh.length === 0) break;
    for (const pid of fresh) done.add(pid);
    while (fresh.length > 0) missed.push(...signalSome(cgroup, fresh, signal));
  }
  const invisible = membersOf(cgroup).filter((pid) => pid === OF_ANOTHER_NAMESPACE).length;
  if (invisible > 0) missed.push(`${invisible} in another PID namespace`);
  return missed;
}

/**
 * Takes processes off the list and signals them.
 *
 * A number that was read may be another process's by now. So each is held by a pidfd before the members are read once
 * more: what is still there is who is meant, or is dead and gets nothing. Where there is no pidfd to be had, the number
 * itself is signalled right after it was read.
 */
function signalSome(cgroup: string, waiting: number[], signal: number): string[] {
  const missed: string[] = [];
  const held = holdSome(waiting);
  try {
    for (const pid of membersOf(cgroup)) {
      const pidfd = held.get(pid);
      if (pidfd === undefined) continue;
      const error = pidfd >= 0 ? addon().pidfdSignal(pidfd, signal) : signalNumbered(pid, signal);
      if (error !== 0 && error !== -ESRCH) missed.push(`${pid} (${getSystemErrorName(error)})`);
    }
  } finally {
    for (const pidfd of held.values()) if (pidfd >= 0) closeSync(pidfd);
  }
  return missed;
}

const MOST_HELD = 64;

/** Returns the pidfd of each, or a negative errno: of as many as this process has descriptors for, but one at least. */
function holdSome(waiting: number[]): Map<number, number> {
  const held = new Map<number, number>();
  // The members are read once more while all are held, which needs a descriptor, too.
  const spare = addon().pidfdOpen(process.pid);
  for (const pid of waiting.slice(0, MOST_HELD)) {
    const pidfd = addon().pidfdOpen(pid);
    const isFull = pidfd === -EMFILE || pidfd === -ENFILE;
    if (isFull && held.size > 0) break;
    held.set(pid, pidfd);
    if (isFull) break;
  }
  if (spare >= 0) closeSync(spare);
  waiting.splice(0, held.size);
  return held;
}

function signalNumbered(pid: number, signal: number): number {
  try {
    process.kill(pid, signal);
    return 0;
  } catch (error) {
    return (error as NodeJS.ErrnoException).errno ?? -ESRCH;
  }
}

/** Those of the cgroups inside it, too. One that is removed meanwhile has none. */
function membersOf(cgroup: string): number[] {
  try {
    const pids = readFileSync(join(cgroup, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
    const inner = readdirSync(cgroup, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [...pids, ...inner.flatMap(({ name }) => membersOf(join(cgroup, name)))];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENODEV') return [];
    throw error;
  }
}
