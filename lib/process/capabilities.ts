import { getSystemErrorName } from 'node:util';
import { addon } from '../native/addon.js';

/** How a child is made, fastest first. */
export type CloneMode = 'vfork-shared-fds' | 'vfork' | 'fork';
/** How a child gets rid of every descriptor that it must not have, fastest first. */
export type CloseFds = 'close_range-unshare' | 'close_range' | 'proc' | 'none';
/** What a child is watched and signalled by: a descriptor of the process, or its pid. */
export type Pidfd = 'clone' | 'none';
/** What a child calls up to its `execve`: the kernel, or the functions of libc that a tool may have replaced. */
export type Syscalls = 'direct' | 'libc';

/** What this system lets the library do. */
export interface LinuxCapabilities {
  readonly supported: true;
  readonly cloneMode: CloneMode;
  /** With 'none' nothing can be started: every launch fails at step `closeFds`. */
  readonly closeFds: CloseFds;
  readonly pidfd: Pidfd;
  /**
   * 'libc' if a library in `LD_PRELOAD` replaces `execve` or another function that the child calls, as bear, fakeroot and
   * fakechroot do. A child is then made by `fork()` and calls libc's functions, so that the tool sees it; `cloneMode` is 'fork'.
   */
  readonly syscalls: Syscalls;
  /** False if the way was taken without trying it, since the trial would have become PID 1 of a new namespace. */
  readonly probed: boolean;
  /** For each why it is not a faster one, in words. */
  readonly reasons: {
    readonly cloneMode: string;
    readonly closeFds: string;
    readonly pidfd: string;
    readonly syscalls: string;
  };
}

/** `safeSpawn` is `child_process.spawn` here, with its leaks. */
export interface NoCapabilities {
  readonly supported: false;
  readonly reason: string;
}

export type Capabilities = LinuxCapabilities | NoCapabilities;

const CLONE_MODES: Readonly<Record<CloneMode, string>> = {
  'vfork-shared-fds': 'the child shares memory and the table of descriptors until it has taken its own few',
  vfork: 'the child shares memory, and gets a copy of the whole table of descriptors',
  fork: 'the child gets a copy of memory, and of the whole table of descriptors',
};

const CLOSE_FDS: Readonly<Record<CloseFds, string>> = {
  'close_range-unshare': 'close_range(2) gives the child a table with what it is to have',
  close_range: "close_range(2) closes the rest in the child's copy of the table",
  proc: 'what /proc/self/fd lists is closed one by one',
  none: 'nothing can close the other descriptors for certain, so no child is started',
};

const PIDFDS: Readonly<Record<Pidfd, string>> = {
  clone: 'clone(2) gives a pidfd, which tells of the exit and can be signalled without mistaking the process',
  none: 'SIGCHLD tells of exits, and signals go to the pid',
};

const DIRECT = 'the child calls the kernel, since nothing replaces the functions of libc that it would call';

/** Which way children are started on this system, and why. The first call tries it out, if no launch has yet. */
export function capabilities(): Capabilities {
  if (process.platform !== 'linux') return unsupported();
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
  return `the child is made by fork() and calls the functions of libc, since ${interposer} replaces ${interposed}()`;
}

function unsupported(): NoCapabilities {
  return {
    supported: false,
    reason: `descriptors are kept from children on Linux only, not on ${process.platform}`,
  };
}

function reason(what: string, error: number): string {
  return error === 0 ? what : `${what}, since the faster way is refused with ${getSystemErrorName(error)}`;
}
