import { closeSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { noTree, systemError, unknownSignal } from './errors.js';
import { native } from './native.js';
import { isSignal, signalNumber } from './signals.js';

const { ESRCH } = constants.errno;
const { SIGKILL } = constants.signals;

/** What belongs to a child, as far as it is known. */
export interface Tree {
  /** The cgroup in which it was born. */
  readonly cgroup: string | undefined;
  /** Its process group, if it leads one and was not reaped: after that the number may be a stranger's. */
  readonly group: number | undefined;
  /** Whether it has ever led a group. */
  readonly leadsGroup: boolean;
}

/** Sends a signal to all that is known to belong to a child. Returns whether anything was there. */
export function killTree(tree: Tree, signal: unknown): boolean {
  if (signal !== 0 && !isSignal(signal)) throw unknownSignal(signal);
  const number = signalNumber(signal as NodeJS.Signals);
  if (tree.cgroup !== undefined) return killCgroup(tree.cgroup, number);
  if (!tree.leadsGroup) {
    throw noTree(
      'does not know what belongs to this child, which shares its process group with others: start it with the ' +
        'option processGroup: true, or detached: true, or cgroup',
    );
  }
  return tree.group !== undefined && killGroup(tree.group, number);
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

/** Of one that is gone nothing is left to kill. */
function killCgroup(cgroup: string, signal: number): boolean {
  const members = membersOf(cgroup);
  if (members.includes(process.pid)) {
    throw noTree(`would kill this process too, which is in ${cgroup}: give the child a cgroup of its own`);
  }
  if (members.length === 0) return false;
  if (signal !== SIGKILL || !killAtOnce(cgroup)) signalEach(cgroup, signal);
  return true;
}

/** By the kernel, since Linux 5.14: also what is forked meanwhile. False where it does not know that. */
function killAtOnce(cgroup: string): boolean {
  try {
    writeFileSync(join(cgroup, 'cgroup.kill'), '1', { flag: 'r+' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Looks again for what was forked meanwhile; not for ever, since there may be no end to that. */
const MOST_ROUNDS = 16;

function signalEach(cgroup: string, signal: number): void {
  const done = new Set<number>();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const fresh = membersOf(cgroup).filter((pid) => !done.has(pid));
    if (fresh.length === 0) return;
    for (const pid of fresh) done.add(pid);
    signalMembers(cgroup, fresh, signal);
  }
}

/**
 * A number that was read may be another process's by now. So each is held by a pidfd before the members are read once
 * more: what is still there is who is meant, or is dead and gets nothing.
 */
function signalMembers(cgroup: string, pids: readonly number[], signal: number): void {
  const held = new Map<number, number>();
  try {
    for (const pid of pids) {
      const pidfd = native().pidfdOpen(pid);
      if (pidfd >= 0) held.set(pid, pidfd);
      else if (pidfd !== -ESRCH) throw systemError(pidfd, 'pidfd_open');
    }
    for (const pid of membersOf(cgroup)) {
      const pidfd = held.get(pid);
      if (pidfd !== undefined) native().pidfdSignal(pidfd, signal);
    }
  } finally {
    for (const pidfd of held.values()) closeSync(pidfd);
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
