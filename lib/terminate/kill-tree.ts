import {
  closeSync,
  constants as fileConstants,
  openSync,
  readdirSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { getSystemErrorName } from 'node:util';
import { addon } from '../native/addon.js';
import { killTreeError, unknownSignal } from '../util/errors.js';
import { isSignal, sendSignal, signalNumber } from '../util/signals.js';
import type { Containment, KillTarget } from './started-process.js';

const { EMFILE, ENFILE, ESRCH } = constants.errno;
const { SIGKILL } = constants.signals;

export function containmentOf(target: KillTarget | undefined): Containment {
  if (target?.cgroup !== undefined) return 'cgroup';
  return target?.leadsGroup ? 'group' : 'none';
}

/** Sends a signal to all processes that are known to belong to a child. Returns false if there are none. */
export function killTree(target: KillTarget, signal: unknown): boolean {
  if (signal !== 0 && !isSignal(signal)) throw unknownSignal(signal);
  const number = signalNumber(signal as NodeJS.Signals);
  if (target.cgroup !== undefined) return killCgroup(target.cgroup, number);
  if (target.joinedGroup !== undefined) {
    const group = target.joinedGroup;
    throw killTreeError(
      `would also reach processes that do not belong to this child, which joined process group ${group}: call ` +
        `process.kill(-${group}), or start the child with the option processGroup: true, or detached: true, or cgroup`,
    );
  }
  if (!target.leadsGroup) {
    throw killTreeError(
      'cannot tell which processes belong to this child, which shares its process group with others: start it with the ' +
        'option processGroup: true, or detached: true, or cgroup',
    );
  }
  return target.group !== undefined && killGroup(target.group, number);
}

/** The kernel does not reuse a group's number while its leader is not reaped, even if the leader is dead. */
function killGroup(group: number, signal: number): boolean {
  try {
    return process.kill(-group, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

// ---- cgroups -------------------------------------------------------------------------------------------------

/** The entry in cgroup.procs for a process that has no number in the PID namespace of this process. */
const OF_ANOTHER_NAMESPACE = 0;

/** Returns false if the cgroup is empty or gone. Throws if a member could not be signalled, after signalling the others. */
function killCgroup(cgroup: string, signal: number): boolean {
  const { pids, unlisted } = membersOf(cgroup);
  if (pids.includes(process.pid)) {
    throw killTreeError(
      `would also kill this process, which is in ${cgroup}: give the child a cgroup of its own`,
    );
  }
  if (pids.length === 0 && unlisted.length === 0) return false;
  if (signal === SIGKILL && killAtOnce(cgroup)) return true;
  if (signal === 0 && pids.length > 0) return true;
  const missed = signalEach(cgroup, signal);
  if (missed.length > 0) {
    throw killTreeError(
      `could not signal some processes in ${cgroup}: ${missed.join(', ')}. The others got the signal`,
    );
  }
  return true;
}

/**
 * Kills the cgroup atomically, including processes that are being forked and those of other PID namespaces. Returns false if
 * the kernel has no cgroup.kill (before Linux 5.14), or if this process may not write to it. Its owner may not read it.
 */
function killAtOnce(cgroup: string): boolean {
  let fd: number | undefined;
  try {
    fd = openSync(join(cgroup, 'cgroup.kill'), fileConstants.O_WRONLY);
    writeSync(fd, '1');
    return true;
  } catch {
    return false;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** Limits how often the members are listed again, since they can fork forever. */
const MOST_ROUNDS = 16;

/** Returns the members that could not be signalled, and why, in words. */
function signalEach(cgroup: string, signal: number): string[] {
  const done = new Set<number>();
  const missed: string[] = [];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const fresh = membersOf(cgroup).pids.filter((pid) => pid !== OF_ANOTHER_NAMESPACE && !done.has(pid));
    if (fresh.length === 0) break;
    for (const pid of fresh) done.add(pid);
    while (fresh.length > 0) missed.push(...signalSome(cgroup, fresh, signal));
  }
  const { pids, unlisted } = membersOf(cgroup);
  const invisible = pids.filter((pid) => pid === OF_ANOTHER_NAMESPACE).length;
  if (invisible > 0) missed.push(`${invisible} in another PID namespace`);
  return [...new Set([...missed, ...unlisted])];
}

/**
 * Takes processes off the list and signals them.
 *
 * A pid that was read from cgroup.procs may already be recycled. A pidfd is opened for each pid before the list is read
 * again: a pid that is still listed belongs to the process behind the pidfd, or that process is dead. If no pidfd can be
 * opened, the pid itself is signalled right after it was read.
 */
function signalSome(cgroup: string, waiting: number[], signal: number): string[] {
  const missed: string[] = [];
  const held = holdSome(waiting);
  try {
    const { pids, unlisted } = membersOf(cgroup);
    missed.push(...unlisted);
    for (const pid of pids) {
      const pidfd = held.get(pid);
      if (pidfd === undefined) continue;
      const error = pidfd >= 0 ? addon().pidfdSignal(pidfd, signal) : sendSignal(pid, signal);
      if (error !== 0 && error !== -ESRCH) missed.push(`${pid} (${getSystemErrorName(error)})`);
    }
  } finally {
    for (const pidfd of held.values()) if (pidfd >= 0) closeSync(pidfd);
  }
  return missed;
}

const MOST_HELD = 64;

/** Returns a pidfd, or a negative errno, for as many pids as this process has free descriptors for, and for at least one. */
function holdSome(waiting: number[]): Map<number, number> {
  const held = new Map<number, number>();
  // One descriptor stays free, since the list is read again while the pidfds are open.
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

interface Members {
  readonly pids: number[];
  /** Parts that could not be listed, and why, in words. */
  readonly unlisted: string[];
}

/** A cgroup that is removed meanwhile has no members. */
const GONE = ['ENOENT', 'ENODEV'];
/** The processes of a threaded cgroup are listed by the cgroup that it is in (cgroups(7)). */
const GONE_OR_THREADED = [...GONE, 'ENOTSUP'];

/** Includes the members of the cgroups inside it. */
export function membersOf(cgroup: string, expected: readonly string[] = GONE): Members {
  const unlisted: string[] = [];
  const pids = listed(() => readFileSync(join(cgroup, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean));
  const entries = listed(() => readdirSync(cgroup, { withFileTypes: true }));
  const inner = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => membersOf(join(cgroup, name), GONE_OR_THREADED));
  return {
    pids: [...pids.map(Number), ...inner.flatMap((members) => members.pids)],
    unlisted: [...unlisted, ...inner.flatMap((members) => members.unlisted)],
  };

  function listed<Entry>(list: () => Entry[]): Entry[] {
    try {
      return list();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (!expected.includes(`${code}`)) unlisted.push(`the members of ${cgroup} (${code})`);
      return [];
    }
  }
}
