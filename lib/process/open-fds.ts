import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { addon } from '../native/addon.js';
import { invalidType, outOfRange, systemError, unsupportedPlatform } from '../util/errors.js';
import { type FdFlags, fdInfo, fdNumbers, fdTarget, isGone, readFlags } from '../util/procfs-fds.js';

export interface OpenFd extends FdFlags {
  readonly fd: number;
  /** What it is, as /proc/PID/fd shows it: a path, `socket:[4026]`, `pipe:[4027]`, `anon_inode:[eventpoll]`, ... */
  readonly target: string;
}

const { ENOENT, ESRCH } = constants.errno;

/**
 * Sets close-on-exec on every descriptor >= 3 of this process that lacks it, so that children started by
 * `child_process` don't get those that are open now. Returns their numbers, in ascending order. See fcntl(2), FD_CLOEXEC.
 */
export function setCloseOnExec(): number[] {
  assertLinux('setCloseOnExec()');
  try {
    return addon().setCloseOnExec();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'EMFILE' && code !== 'ENFILE') throw error;
    throw Object.assign(error as Error, {
      message: `${message}: no descriptor is left to read /proc/self/fd`,
    });
  }
}

/**
 * The open descriptors of this or another process, by number; without those that this library keeps for itself. See
 * proc_pid_fd(5). Throws ESRCH if there is no such process, EACCES if it is another user's, ENOENT without /proc.
 */
export function openFds(...target: [pid?: number]): OpenFd[] {
  assertLinux('openFds()');
  // Not a default value: `undefined` is the pid of a child that could not be started.
  const [pid] = target.length === 0 ? [process.pid] : target;
  if (typeof pid !== 'number') throw invalidType('pid', 'of type number', pid);
  if (!Number.isInteger(pid) || pid < 1) throw outOfRange('pid', 'an integer >= 1', pid);
  const isOwn = pid === process.pid;
  const directory = isOwn ? '/proc/self' : `/proc/${pid}`;
  const hidden = isOwn ? addon().internalFds() : [];
  return listNumbers(directory, pid)
    .filter((fd) => !hidden.includes(fd))
    .map((fd) => examine(directory, fd))
    .filter((fd) => fd !== undefined);
}

function assertLinux(feature: string): void {
  if (process.platform !== 'linux') throw unsupportedPlatform(feature);
}

function listNumbers(directory: string, pid: number): number[] {
  try {
    return fdNumbers(directory);
  } catch (error) {
    throw isGone(error) ? whyGone(pid) : error;
  }
}

function whyGone(pid: number): Error {
  const [errno, path, why] = existsSync('/proc/self/fd')
    ? [ESRCH, `/proc/${pid}`, `there is no process ${pid}`]
    : [ENOENT, '/proc', 'no proc(5) is mounted at /proc'];
  const error = systemError(-errno, 'openFds');
  return Object.assign(error, { message: `${error.message}: ${why}`, path });
}

/** Undefined for one that is gone by now, as the one with which the list was read always is. */
function examine(directory: string, fd: number): OpenFd | undefined {
  try {
    // In this order: the file that is read gets the number of the list, which would make it look open.
    const target = fdTarget(directory, fd);
    return { fd, target, ...readFlags(fdInfo(directory, fd)) };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
