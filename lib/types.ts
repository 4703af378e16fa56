import type {
  SpawnOptions,
  SpawnOptionsWithoutStdio,
  SpawnOptionsWithStdioTuple,
  StdioNull,
  StdioPipe,
} from 'node:child_process';

/** One value of a limit. A number or bigint is in the unit of its resource. `'unlimited'` is RLIM_INFINITY. */
export type RlimitValue = number | bigint | 'unlimited';

/**
 * A limit for the child. A single value sets the soft and the hard limit; an object sets each on its own. An absent half
 * keeps the value of this process. `'inherit'` keeps both, as does an absent resource.
 */
export type Rlimit =
  | RlimitValue
  | 'inherit'
  | { readonly soft?: RlimitValue | undefined; readonly hard?: RlimitValue | undefined };

/**
 * Resource limits by the names of prlimit(1), in the units of getrlimit(2).
 *
 * They are in force before the first instruction of the program. If the kernel refuses one, the program is not started and
 * the error has `step: 'rlimit NAME'`. Raising a hard limit needs CAP_SYS_RESOURCE (otherwise `EPERM`).
 */
export interface Rlimits {
  /** Address space, in bytes (RLIMIT_AS). Node, Java and Go reserve much of it and don't start below a few GB. */
  readonly as?: Rlimit | undefined;
  /** Size of a core dump, in bytes (RLIMIT_CORE). 0 writes none, unless core_pattern pipes it to a program (core(5)). */
  readonly core?: Rlimit | undefined;
  /** CPU time, in seconds (RLIMIT_CPU). The kernel sends SIGXCPU at the soft limit and SIGKILL at the hard limit. */
  readonly cpu?: Rlimit | undefined;
  /** Data segment, in bytes (RLIMIT_DATA). It includes private writable mappings (since Linux 4.7). */
  readonly data?: Rlimit | undefined;
  /** Size of a file that the child writes, in bytes (RLIMIT_FSIZE). A larger one gets SIGXFSZ, or EFBIG if that is ignored. */
  readonly fsize?: Rlimit | undefined;
  /** Number of file locks (RLIMIT_LOCKS). The kernel ignores it (since Linux 2.4.25). */
  readonly locks?: Rlimit | undefined;
  /** Memory locked in RAM, in bytes (RLIMIT_MEMLOCK). */
  readonly memlock?: Rlimit | undefined;
  /** Size of all POSIX message queues of the user, in bytes (RLIMIT_MSGQUEUE). */
  readonly msgqueue?: Rlimit | undefined;
  /** Ceiling of the priority, as 20 - nice, from 0 to 40 (RLIMIT_NICE). */
  readonly nice?: Rlimit | undefined;
  /**
   * One more than the highest file descriptor that the child can open (RLIMIT_NOFILE), at most fs.nr_open (proc_sys_fs(5)).
   * Node raises its own soft limit to the hard limit, and children inherit that. Set 1024 for programs that use select(2)
   * or that close all numbers below the limit in a loop.
   */
  readonly nofile?: Rlimit | undefined;
  /** Number of processes and threads of the user (RLIMIT_NPROC). One more fails with EAGAIN. The superuser is exempt. */
  readonly nproc?: Rlimit | undefined;
  /** Resident set, in bytes (RLIMIT_RSS). The kernel ignores it (since Linux 2.4.30); use a cgroup. */
  readonly rss?: Rlimit | undefined;
  /** Ceiling of the real-time priority (RLIMIT_RTPRIO; sched(7)). */
  readonly rtprio?: Rlimit | undefined;
  /** CPU time without a blocking system call under real-time scheduling, in microseconds (RLIMIT_RTTIME). */
  readonly rttime?: Rlimit | undefined;
  /** Number of signals queued for the user (RLIMIT_SIGPENDING). */
  readonly sigpending?: Rlimit | undefined;
  /** Stack of the main thread, in bytes (RLIMIT_STACK). It also bounds the size of arguments and environment. */
  readonly stack?: Rlimit | undefined;
}

/**
 * Options that `safeSpawn` adds to those of `child_process.spawn`. On platforms other than Linux, naming one throws
 * `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM`.
 *
 * They take effect in the child alone, before the first instruction of the program. If the kernel refuses one, the program
 * is not started. The error then has the `code` of the system and `step`, the name of the option. An invalid value is
 * thrown before a child is made, as `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE` or `ERR_OUT_OF_RANGE`.
 */
export interface LaunchOptions {
  /**
   * Resource limits of the child. Default: the child inherits every limit that is not named.
   *
   * They are set after the file descriptors are placed and before ids change. Raising a hard limit needs
   * CAP_SYS_RESOURCE (otherwise `EPERM`). (Linux 2.6.36; prlimit(2).)
   *
   * @example
   * safeSpawn('nginx', [], { rlimits: { nofile: 1024, core: 0, nproc: { soft: 100 } } });
   */
  readonly rlimits?: Rlimits | undefined;
  /**
   * File descriptors of this process that the child inherits under the same number, in addition to those of `stdio`.
   * Use it for socket activation, make's jobserver, or a program that takes the number of a descriptor as an argument.
   * Default: none.
   *
   * Each must be open and listed once, and must not be below the length of `stdio` (3, unless that is a longer array).
   * Close-on-exec may be set on them and does not change in this process. A number above the child's limit `nofile` stays
   * open in the child. (dup3(2).)
   *
   * @example
   * const log = fs.openSync('app.log', 'a'); // 20, say
   * safeSpawn('app', [`--log-fd=${log}`], { passFds: [log] });
   */
  readonly passFds?: readonly number[] | undefined;
  /**
   * Permission bits that are cleared in files created by the child, from 0 to 0o777, or an octal string as for
   * `process.umask()`. Default: the umask of this process. The kernel never refuses it. (umask(2).)
   */
  readonly umask?: number | string | undefined;
  /**
   * Nice value, from -20 (highest priority) to 19. It is absolute, not relative to this process.
   * Default: the nice value of this process.
   *
   * A value below that of this process needs CAP_SYS_NICE or a sufficient RLIMIT_NICE (otherwise `EACCES`).
   * (setpriority(2).)
   */
  readonly nice?: number | undefined;
  /**
   * Preference of the OOM killer for the child, from -1000 (never killed) to 1000 (killed first).
   * Default: the value of this process.
   *
   * A value below the lowest one that a privileged process has set needs CAP_SYS_RESOURCE (otherwise `EACCES`). A process
   * that changed its own ids is not dumpable and can't set it (`EACCES`); use choom(1) there.
   * (Linux 2.6.36; proc_pid_oom_score_adj(5).)
   */
  readonly oomScoreAdj?: number | undefined;
  /**
   * User that the child runs as, by name or id. The child also gets the primary group and the supplementary groups of that
   * user, as login(1) sets them. `gid` or `groups` replace that part. Default: the user of this process.
   *
   * `uid` together with `user`, an unknown name and an id without an entry throw `ERR_INVALID_ARG_VALUE`.
   *
   * `HOME`, `USER` and `LOGNAME` stay those of this process. Set them in `env`, as in the example.
   *
   * It needs CAP_SETUID and CAP_SETGID (otherwise `EPERM`), even if the user is that of this process. The look-up blocks for
   * as long as the name services take. (getpwnam(3), getgrouplist(3), setgroups(2), setgid(2), setuid(2).)
   *
   * @example
   * safeSpawn('app', [], { user: 'app', env: { ...process.env, HOME: '/home/app', USER: 'app', LOGNAME: 'app' } });
   */
  readonly user?: string | number | undefined;
  /**
   * Supplementary groups of the child, by id or name. A list replaces all of them; `[]` leaves none.
   *
   * `'init'` takes the groups that the system has for the child's user, as initgroups(3) does. That is the user of `uid` or
   * of this process, with the group of `gid` or the user's primary group.
   *
   * Default: none if the child has another `uid` or `gid` and this process may drop groups. Otherwise the child inherits
   * the groups of this process.
   *
   * It needs CAP_SETGID (otherwise `EPERM`), even for an empty list. An unknown name throws `ERR_INVALID_ARG_VALUE`. The
   * look-up blocks for as long as the name services take. (setgroups(2).)
   *
   * @example
   * safeSpawn('app', [], { uid: 'www-data', gid: 'www-data', groups: 'init' });
   */
  readonly groups?: readonly (number | string)[] | 'init' | undefined;
  /**
   * Process group of the child. With `true` the child leads a new group in this session. Ctrl-C in the terminal then does
   * not reach the child, and `child.killTree()` also reaches the processes that it starts. A number is the group that the
   * child joins. Default: the group of this process.
   *
   * A group that does not exist in this session fails with `EPERM`. It can't be combined with `detached`, which also makes a
   * group (`ERR_INVALID_ARG_VALUE`). (setpgid(2).)
   */
  readonly processGroup?: boolean | number | undefined;
  /**
   * Parent-death signal: the kernel sends it to the child when this process terminates for any reason. Default: none.
   *
   * The kernel clears it when the child executes a set-user-ID program or one with file capabilities, or changes its ids.
   * If this process terminates before the signal is set, the program is not started.
   *
   * The kernel sends it when the thread that started the child ends, and a Worker can end before the process. In a Worker it
   * throws `ERR_WORKER_UNSUPPORTED_OPERATION`. (prctl(2), PR_SET_PDEATHSIG.)
   *
   * @example
   * safeSpawn('helper', [], { deathSignal: 'SIGKILL' });
   */
  readonly deathSignal?: NodeJS.Signals | number | undefined;
  /**
   * With `true`, neither the child nor its descendants can gain privileges by execve(2): set-user-ID and set-group-ID bits
   * and file capabilities have no effect. The child can't undo it. Default: inherited from this process.
   * (Linux 3.5; prctl(2), PR_SET_NO_NEW_PRIVS.)
   */
  readonly noNewPrivileges?: boolean | undefined;
  /**
   * Absolute path of the directory of a cgroup v2 in which the kernel creates the child. Its limits hold from the first
   * instruction on. `child.killTree()` kills all processes in it, so no other process should be in it.
   * Default: the cgroup of this process.
   *
   * It needs permission to write to `cgroup.procs` there and in the common ancestor with the cgroup of this process
   * (otherwise `EACCES`). A frozen cgroup fails with `EBUSY`, since this process would block until it is thawed. A cgroup
   * that has reached `pids.max` fails with `EAGAIN`.
   *
   * If this cgroup or that of this process was killed by `cgroup.kill`, the child joins before its first step instead of
   * being created there. `pids.max` does not refuse it then. (Linux 5.7; clone3(2), CLONE_INTO_CGROUP.)
   *
   * @example
   * fs.mkdirSync('/sys/fs/cgroup/jobs/42');
   * safeSpawn('job', [], { cgroup: '/sys/fs/cgroup/jobs/42' });
   */
  readonly cgroup?: string | undefined;
  /**
   * Kind of the `'pipe'` entries 0 to 2 of `stdio`: `'socket'` for a socket pair, as in Node, or `'pipe'` for a
   * unidirectional pipe. Entries from 3 on are always sockets.
   *
   * Choose `'pipe'` for programs that open `/dev/stdin`, `/dev/stdout` or `/dev/stderr`, such as nginx, tee and shell
   * scripts. Opening these fails with `ENXIO` if they are sockets.
   *
   * A pipe of stdout or stderr holds 256 KiB, a socket about 200 KB. Once 64 pipes of this process are that large, each
   * further one holds 64 KiB. A Node program that calls `process.exit()` loses the output that does not fit into its pipe.
   * (pipe2(2), fcntl(2) with F_SETPIPE_SZ.)
   *
   * @default 'socket'
   */
  readonly pipes?: 'socket' | 'pipe' | undefined;
}

/** Node's options `uid` and `gid`, which also take names here. */
export interface UserOptions {
  /**
   * User of the child, by id or name. An unknown name throws `ERR_INVALID_ARG_VALUE`.
   *
   * **Without `gid` the child keeps the primary group of this process.** A child that root starts stays in root's group
   * and has the access of that group. Use {@link LaunchOptions.user}, which also sets the groups.
   */
  readonly uid?: number | string | undefined;
  /** Primary group of the child, by id or name. An unknown name throws `ERR_INVALID_ARG_VALUE`. */
  readonly gid?: number | string | undefined;
}

/** The options of a function of `child_process`, and the launch options. */
export type WithLaunchOptions<Options> = Omit<Options, keyof UserOptions> & UserOptions & LaunchOptions;

export interface SafeSpawnOptions extends WithLaunchOptions<SpawnOptions> {}

export interface SafeSpawnOptionsWithoutStdio extends WithLaunchOptions<SpawnOptionsWithoutStdio> {}

export interface SafeSpawnOptionsWithStdioTuple<
  In extends StdioNull | StdioPipe,
  Out extends StdioNull | StdioPipe,
  Err extends StdioNull | StdioPipe,
> extends WithLaunchOptions<SpawnOptionsWithStdioTuple<In, Out, Err>> {}
