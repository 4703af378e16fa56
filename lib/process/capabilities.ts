import { getSystemErrorName } from 'node:util';
import { addon } from '../native/addon.js';
import { isLinux } from '../util/platform.js';

/** Method by which a child is created, fastest first. */
export type CloneMode = 'vfork-shared-fds' | 'vfork' | 'fork';
/** Method by which a child closes every other file descriptor, fastest first. */
export type CloseFds = 'close_range-unshare' | 'close_range' | 'proc' | 'none';
/** Source of the pidfd with which a child is watched and signalled. With 'none' the library uses SIGCHLD and the PID. */
export type Pidfd = 'clone' | 'none';
/** Route of the child's system calls before `execve`: straight to the kernel, or through libc, which a tool may replace. */
export type Syscalls = 'direct' | 'libc';

/** The launch methods that the library uses on this system. */
export interface LinuxCapabilities {
  readonly supported: true;
  readonly cloneMode: CloneMode;
  /** With 'none' every launch fails at step `closeFds`. */
  readonly closeFds: CloseFds;
  readonly pidfd: Pidfd;
  /**
   * 'libc' if a library in `LD_PRELOAD` replaces `execve` or another function that the child calls, as bear, fakeroot and
   * fakechroot do. `cloneMode` is then 'fork', and the child calls libc's functions so that the tool sees the calls.
   */
  readonly syscalls: Syscalls;
  /** False if the methods were chosen without a probe, since the probe's child would become PID 1 of a new namespace. */
  readonly probed: boolean;
  /** Explanations of the methods, each with the reason if a faster one is not available. */
  readonly reasons: {
    readonly cloneMode: string;
    readonly closeFds: string;
    readonly pidfd: string;
    readonly syscalls: string;
  };
}

/** Result on other platforms, where `safeSpawn` calls `child_process.spawn` and leaks what that leaks. */
export interface NoCapabilities {
  readonly supported: false;
  readonly reason: string;
}

export type Capabilities = LinuxCapabilities | NoCapabilities;

const CLONE_MODES: Readonly<Record<CloneMode, string>> = {
  'vfork-shared-fds':
    'the child shares memory with the parent, and the descriptor table until it has its own descriptors',
  vfork: 'the child shares memory with the parent, and gets a copy of the whole descriptor table',
  fork: 'the child gets a copy of the memory and of the whole descriptor table',
};

const CLOSE_FDS: Readonly<Record<CloseFds, string>> = {
  'close_range-unshare': 'close_range(2) gives the child a descriptor table with only its own descriptors',
  close_range: "close_range(2) closes all other descriptors in the child's copy of the table",
  proc: 'the child closes the descriptors that /proc/self/fd lists one by one',
  none: 'cannot guarantee that all other descriptors are closed, so that no child is started',
};

const PIDFDS: Readonly<Record<Pidfd, string>> = {
  clone: 'clone(2) returns a pidfd, which reports the exit and never signals another process',
  none: 'SIGCHLD reports exits, and signals go to the PID',
};

const DIRECT = 'the child calls the kernel directly, since no tool replaces the libc functions that it needs';

/**
 * Returns the methods by which children are started on this system, and the reasons. The first call or launch of a process
 * probes them, which starts a child or two. On platforms other than Linux it returns `{ supported: false, reason }`.
 *
 * Throws `ERR_SAFE_SPAWN_ADDON` or `ERR_SAFE_SPAWN_ADDONS_DISABLED` if the addon can't be loaded.
 *
 * @example
 * const report = capabilities();
 * console.log(report.supported ? report.cloneMode : report.reason); // vfork-shared-fds, on most systems
 */
export function capabilities(): Capabilities {
  if (!isLinux) return unsupported();
  const {
    cloneMode,
    closeFds,
    pidfd,
    syscalls,
    cloneModeError,
    closeFdsError,
    pidfdError,
    interposed,
    interposer,
    probed,
  } = addon().capabilities();
  return {
    supported: true,
    cloneMode: cloneMode as CloneMode,
    closeFds: closeFds as CloseFds,
    pidfd: pidfd as Pidfd,
    syscalls: syscalls as Syscalls,
    probed,
    reasons: {
      cloneMode: reason(CLONE_MODES[cloneMode as CloneMode], cloneModeError),
      closeFds: reason(CLOSE_FDS[closeFds as CloseFds], closeFdsError),
      pidfd: reason(PIDFDS[pidfd as Pidfd], pidfdError),
      syscalls: interposed === undefined ? DIRECT : viaLibc(interposed, interposer),
    },
  };
}

function viaLibc(interposed: string, interposer = 'a tool'): string {
  return `the child is created by fork() and calls libc, since ${interposer} replaces ${interposed}()`;
}

function unsupported(): NoCapabilities {
  return {
    supported: false,
    reason: `safe-spawn closes descriptors in children on Linux only, not on ${process.platform}`,
  };
}

function reason(method: string, error: number): string {
  return error === 0 ? method : `${method}, since the faster method fails with ${getSystemErrorName(error)}`;
}
