/** The numbers in the arrays of {@link Addon.launch} and {@link Addon.runSync}. src-native/protocol.h has their values. */
export interface Constants {
  readonly LAUNCH_NEW_SESSION: number;
  readonly LAUNCH_SET_UID: number;
  readonly LAUNCH_SET_GID: number;
  /** The child has a working directory of its own. An empty one is an error. */
  readonly LAUNCH_SET_CWD: number;
  /** The child gets the `environ` of this process, and no environment strings follow. */
  readonly LAUNCH_INHERIT_ENV: number;

  readonly STDIO_IGNORE: number;
  readonly STDIO_PIPE: number;
  readonly STDIO_FD: number;
  /** A pipe(2) instead of a socket pair. The child reads entry 0, and writes the others. */
  readonly STDIO_ONE_WAY_PIPE: number;

  readonly RLIMIT_SET_SOFT: number;
  readonly RLIMIT_SET_HARD: number;

  readonly ATTRIBUTE_UMASK: number;
  readonly ATTRIBUTE_NICE: number;
  readonly ATTRIBUTE_OOM_SCORE_ADJ: number;
  readonly ATTRIBUTE_PROCESS_GROUP: number;
  readonly ATTRIBUTE_GROUPS: number;
  readonly ATTRIBUTE_NO_NEW_PRIVILEGES: number;

  readonly RESULT_PID: number;
  readonly RESULT_ERROR: number;
  readonly RESULT_STEP: number;
  readonly RESULT_RLIMIT_RESOURCE: number;
  readonly RESULT_SIGNAL: number;
  readonly RESULT_EXIT_CODE: number;
  readonly RESULT_EXIT_SIGNAL: number;
  readonly RESULT_CORE_DUMPED: number;
  readonly RESULT_LOST: number;
  readonly RESULT_RUN_ERROR: number;
  readonly RESULT_LENGTH: number;
}

/** `lost` is true if another part of the process took the exit status. */
type ExitListener = (code: number, signal: number, coreDumped: boolean, lost: boolean) => void;

/**
 * The addon. It trusts none of its arguments: the wrong type is a TypeError with ERR_INVALID_ARG_TYPE. A value that is out of
 * range, or does not fit the others, is a RangeError with ERR_OUT_OF_RANGE. Nothing is done then.
 */
export interface Addon {
  /** The version of the package that it was compiled with. */
  readonly version: string;
  readonly constants: Constants;

  /**
   * Starts a program and waits until it runs or is known never to run. The child keeps the loop alive until it is reaped.
   *
   * @param strings each followed by NUL: file, working directory, arguments, environment
   * @param header bits LAUNCH_*, uid, gid, number of arguments, number of environment strings, number of stdio entries, then
   *   (STDIO_*, descriptor) of each entry, then descriptors that keep their number, ascending and above those of stdio
   * @param rlimits (resource, bits RLIMIT_SET_*, soft, hard) of each limit
   * @param attributes bits ATTRIBUTE_*, umask, nice, oom_score_adj, process group (0: one of its own), death signal (0:
   *   none), then the supplementary groups
   * @param cgroup directory of a cgroup v2
   * @param result RESULT_LENGTH numbers, which the addon writes: pid, or negative errno, step, resource of a failed rlimit,
   *   signal
   * @param onExit is called once the child is dead, after the I/O of that turn of the loop
   * @returns the number of the child, which no other child gets; 0 if the program was not started
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

  /** Returns 0 or a negative errno, which is -ESRCH once the child is reaped. */
  kill(child: number, signal: number): number;
  /**
   * Makes the end of a child that leads a process group the end of the group: SIGKILL is sent to the group when the child is dead,
   * before it is reaped. Has no effect once it was reaped.
   */
  killGroupAtExit(child: number): void;
  /** Says if the loop waits for this child. It has no effect once the child is reaped. */
  setRef(child: number, wanted: boolean): void;
  hasRef(child: number): boolean;
  /**
   * The fields of getrusage(2) in their order, times in microseconds, of the child whose death is being reported. They are
   * zeros if its status was lost.
   */
  readonly usage: Float64Array;

  /**
   * Returns the parent's end of the pipe of a stdio entry of the last launch, which the caller closes, or -1 if there is none.
   * After EMFILE and ENFILE there are none. After other errors the other ends are closed.
   */
  takePipeFd(index: number): number;
  /**
   * Gives a descriptor to one of Node's pipe handles below the permission model, as Node's own spawn does. Returns 0 or a
   * negative errno, which is -EINVAL if the handle is open already or belongs to another thread.
   */
  openPipe(pipe: object, fd: number): number;

  /**
   * Starts a program and runs it to its end, while this thread waits. The first arguments are those of {@link launch}.
   *
   * @param result RESULT_LENGTH numbers, which the addon writes: as for `launch`, then exit code, signal, if core was
   *   dumped, if the status was lost, and the negative errno of the run
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

  /** Sets close-on-exec on each descriptor >= 3 that lacks it. Returns those, ascending. Throws with `code`. */
  setCloseOnExec(): number[];
  /** Returns the descriptors that the addon keeps for the launches of this thread. */
  internalFds(): number[];
  /**
   * Returns true if the `environ` of this process is equal to `process.env`, to the byte and in its order. Each string then
   * is ASCII and has a name that no other has. Returns false in a Worker, which has an environment of its own.
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
  /** Returns the old (soft, hard) of a process, 0 for this one, and sets `limit`. Throws with `code`. (prlimit(2).) */
  prlimit(pid: number, resource: number, limit?: BigUint64Array): BigUint64Array;
  /** Returns a descriptor with close-on-exec, or a negative errno. (pidfd_open(2).) */
  pidfdOpen(pid: number): number;
  /** Returns 0 or a negative errno. (pidfd_send_signal(2).) */
  pidfdSignal(pidfd: number, signal: number): number;
  /** Returns undefined for an unknown name. Like the others, it throws with `code` if the name services fail. (getpwnam_r(3).) */
  lookupUser(name: string): { uid: number; gid: number } | undefined;
  /** Returns undefined for an unknown id. (getpwuid_r(3).) */
  lookupUid(uid: number): { name: string; gid: number } | undefined;
  /** Returns undefined for an unknown name. (getgrnam_r(3).) */
  lookupGroup(name: string): number | undefined;
  /** Returns the groups that initgroups(3) would set. (getgrouplist(3).) */
  groupsOf(user: string, gid: number): number[];
  /** Names of the launch steps, by their number in a result. */
  readonly steps: readonly string[];
}
