import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { addon } from '../native/addon.js';
import { invalidType, outOfRange, systemError } from '../util/errors.js';
import { assertLinux } from '../util/platform.js';
import { type FdFlags, fdInfo, fdNumbers, fdTarget, isGone, readFlags } from '../util/procfs-fds.js';

/** An open file descriptor, as {@link openFds} reports it. */
export interface OpenFd extends FdFlags {
  readonly fd: number;
  /** Target in /proc/PID/fd: a path, `socket:[4026]`, `pipe:[4027]`, `anon_inode:[eventpoll]`, ... */
  readonly target: string;
}

const { ENOENT, ESRCH } = constants.errno;

/**
 * Sets close-on-exec on every file descriptor >= 3 of this process that lacks it. Children that `child_process` starts then
 * don't inherit those that are open now. Returns the changed numbers in ascending order.
 *
 * Throws `EMFILE` or `ENFILE` if no descriptor is left to read /proc/self/fd, and `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` on
 * platforms other than Linux. (fcntl(2), FD_CLOEXEC.)
 *
 * @example
 * setCloseOnExec(); // [3, 20]
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
 * Returns the open file descriptors of a process, by default of this one, in ascending order. It omits those that this
 * library keeps for itself.
 *
 * Throws `ESRCH` if there is no such process, `EACCES` if it belongs to another user, and `ENOENT` if /proc is not mounted.
 * An invalid PID throws `ERR_INVALID_ARG_TYPE` or `ERR_OUT_OF_RANGE`. On platforms other than Linux it throws
 * `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM`. (proc_pid_fd(5).)
 *
 * @example
 * openFds().filter(({ closeOnExec }) => !closeOnExec); // stdio, and the descriptors that child_process.spawn leaks
 */
export function openFds(...target: [pid?: number]): OpenFd[] {
  assertLinux('openFds()');
  // A default value would also replace `undefined`, the pid of a child that could not be started.
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

function listNumbers(directory: string, pid: number): number[] {
  try {
    return fdNumbers(directory);
  } catch (error) {
    throw isGone(error) ? goneError(pid) : error;
  }
}

function goneError(pid: number): Error {
  const [errno, path, reason] = existsSync('/proc/self/fd')
    ? [ESRCH, `/proc/${pid}`, `there is no process ${pid}`]
    : [ENOENT, '/proc', 'no proc(5) is mounted at /proc'];
  const error = systemError(-errno, 'openFds');
  return Object.assign(error, { message: `${error.message}: ${reason}`, path });
}

/** Returns undefined if the descriptor is closed by now. The one that read the list always is. */
function examine(directory: string, fd: number): OpenFd | undefined {
  try {
    // The target comes first. The file fdinfo would get the number that the list had, and make it look open.
    const target = fdTarget(directory, fd);
    return { fd, target, ...readFlags(fdInfo(directory, fd)) };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
