/** The interface of the addon. */

/** Bits of {@link Words.flags}. */
export const LAUNCH_NEW_SESSION = 1;
export const LAUNCH_SET_UID = 2;
export const LAUNCH_SET_GID = 4;
/** The working directory is not ours; an empty one is none, and an error. */
export const LAUNCH_SET_CWD = 8;
/** The child gets the `environ` of this process; no environment strings follow. */
export const LAUNCH_INHERIT_ENV = 16;

/** Kinds of stdio entry, first of each pair after the header. */
export const STDIO_IGNORE = 0;
export const STDIO_PIPE = 1;
export const STDIO_FD = 2;
/** A pipe(2) instead of a socket pair: the child reads entry 0, and writes the others. */
export const STDIO_ONE_WAY_PIPE = 3;

/** Which halves of a limit are set, second word of each quadruple in the limits. */
export const RLIMIT_SET_SOFT = 1n;
export const RLIMIT_SET_HARD = 2n;

/** Bits of the first attribute: they say which of the others are set. */
export const ATTRIBUTE_UMASK = 1;
export const ATTRIBUTE_NICE = 2;
export const ATTRIBUTE_OOM_SCORE_ADJ = 4;
export const ATTRIBUTE_PROCESS_GROUP = 8;
export const ATTRIBUTE_GROUPS = 16;
export const ATTRIBUTE_NO_NEW_PRIVILEGES = 32;

/** Indices into the result of {@link Addon.launch}. */
export const RESULT_PID = 0;
export const RESULT_ERROR = 1;
export const RESULT_STEP = 2;
export const RESULT_RLIMIT_RESOURCE = 3;
export const RESULT_SIGNAL = 4;
export const RESULT_LENGTH = 5;

/** Indices into the result of {@link Addon.runSync}, after those up to {@link RESULT_SIGNAL}. */
export const SYNC_CODE = 5;
export const SYNC_SIGNAL = 6;
export const SYNC_CORE_DUMPED = 7;
export const SYNC_LOST = 8;
export const SYNC_ERROR = 9;
export const SYNC_RESULT_LENGTH = 10;

/** `lost`: another part of the process took the exit status. */
type ExitListener = (code: number, signal: number, coreDumped: boolean, lost: boolean) => void;

/** Of what follows. It counts up with each change, here and in src-native/binding.cc: one can be older than the other. */
export const INTERFACE = 6;

/**
 * The addon. It believes nothing of what it is given: an argument of the wrong type is a TypeError with
 * ERR_INVALID_ARG_TYPE, one that is out of range or does not fit the others a RangeError with ERR_OUT_OF_RANGE, and
 * nothing is done.
 */
export interface Addon {
  readonly interface: number;

  /**
   * Starts a program and waits until it runs or is known never to run. The child keeps the loop alive until it is reaped.
   *
   * @param strings each followed by NUL: file, working directory, arguments, environment
   * @param header flags, uid, gid, number of arguments, number of environment strings, number of stdio entries, then
   *   (kind, descriptor) of each entry, then descriptors that keep their number, ascending and above those of stdio
   * @param rlimits (resource, halves set, soft, hard) of each limit
   * @param attributes bits, umask, nice, oom_score_adj, process group (0: one of its own), death signal (0: none), then
   *   the supplementary groups
   * @param cgroup directory of a cgroup v2
   * @param result written: pid, negative errno, step, resource of a failed rlimit, signal
   * @param onExit called once the child is dead, and after the I/O of that turn of the loop; held until then
   * @returns the number of the child, never another's; 0 if the program was not started
   */
  launch(
    strings: string,
    header: Int32Array,
    rlimits: BigUint64Array | undefined,
    attributes: Int32Array | undefined,
    cgroup: string | undefined,
    result: Int32Array,
    onExit: ExitListener,
  ): number;

  /** 0 or a negative errno; -ESRCH once reaped. */
  kill(child: number, signal: number): number;
  /** Whether the loop is to wait for this child; of no effect once reaped. */
  setRef(child: number, wanted: boolean): void;
  hasRef(child: number): boolean;
  /**
   * What the child has used whose death is being told: the fields of getrusage(2) in their order, times in microseconds.
   * Zeros if its status was lost.
   */
  readonly usage: Float64Array;

  /**
   * Our end of the pipe of a stdio entry of the last launch, which is the caller's from now on; -1 where there is none.
   * After EMFILE and ENFILE there are none; after other errors they are open and connected to nobody.
   */
  takePipeFd(index: number): number;
  /**
   * Gives a descriptor to one of Node's pipe handles, as Node's own spawn does: the permission model has no say in it.
   * 0 or a negative errno; -EINVAL if the handle is open already, or not of this thread.
   */
  openPipe(pipe: object, fd: number): number;

  /**
   * Starts a program and runs it to its end, while this thread waits.
   *
   * @param result written: pid, and why the program was not started; or exit code, signal, whether core was
   *   dumped, whether the status was lost, and the negative errno of the run
   * @param limits timeout in milliseconds, bytes of output, signal that ends the child at either; 0: no limit
   * @param input is written to the first stdio entry, the only one that the child reads
   * @returns for each stdio entry what the child wrote to its pipe, null where there is none; undefined if the program
   *   was not started
   */
  runSync(
    strings: string,
    header: Int32Array,
    rlimits: BigUint64Array | undefined,
    attributes: Int32Array | undefined,
    cgroup: string | undefined,
    result: Int32Array,
    limits: Float64Array,
    input: NodeJS.ArrayBufferView | undefined,
  ): (Buffer | null)[] | undefined;

  /** Sets close-on-exec on each descriptor >= 3 that lacks it; returns those, ascending. Throws with `code`. */
  setCloseOnExec(): number[];
  /** Descriptors that the addon keeps for the launches of this thread. */
  internalFds(): number[];
  /**
   * Whether the `environ` of this process is what `process.env` says of it, to the byte and in its order: each string
   * has a name that no other has, and is ASCII. False in a Worker, which has an environment of its own.
   */
  hasPlainEnvironment(): boolean;
  capabilities(): {
    cloneMode: string;
    closeFds: string;
    pidfd: string;
    cloneModeError: number;
    closeFdsError: number;
    pidfdError: number;
    syscalls: string;
    /** A function that a tool in LD_PRELOAD has replaced, and the file of that tool. */
    interposed?: string;
    interposer?: string;
    probed: boolean;
  };
  /** prlimit(2): the old (soft, hard) of a process, 0 being this one; sets new ones if given. Throws with `code`. */
  prlimit(pid: number, resource: number, limit?: BigUint64Array): BigUint64Array;
  /** pidfd_open(2): a descriptor with close-on-exec, or a negative errno. */
  pidfdOpen(pid: number): number;
  /** pidfd_send_signal(2): 0 or a negative errno. */
  pidfdSignal(pidfd: number, signal: number): number;
  /** getpwnam_r(3); undefined for an unknown name. Throws with `code` when the name services fail, as the others. */
  lookupUser(name: string): { uid: number; gid: number } | undefined;
  /** getpwuid_r(3) */
  lookupUid(uid: number): { name: string; gid: number } | undefined;
  /** getgrnam_r(3) */
  lookupGroup(name: string): number | undefined;
  /** getgrouplist(3): what initgroups(3) would set. */
  groupsOf(user: string, gid: number): number[];
  /** Names of the launch steps, by their number in a result. */
  readonly steps: readonly string[];
}
