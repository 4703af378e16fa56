import type {
  SpawnOptions,
  SpawnOptionsWithoutStdio,
  SpawnOptionsWithStdioTuple,
  StdioNull,
  StdioPipe,
} from 'node:child_process';

/** One value of a limit. A number or bigint is in the unit of its resource; `'unlimited'` is RLIM_INFINITY. */
export type RlimitValue = number | bigint | 'unlimited';

/**
 * A limit for the child: one value for the soft and the hard limit, or each alone. A half that is not given keeps
 * the value that this process has; `'inherit'` keeps both, as leaving out the resource does.
 */
export type Rlimit =
  | RlimitValue
  | 'inherit'
  | { readonly soft?: RlimitValue | undefined; readonly hard?: RlimitValue | undefined };

/**
 * Resource limits by the names of prlimit(1), in the units of getrlimit(2).
 *
 * They are in force before the first instruction of the program, or it is not started: then the error has
 * `step: 'rlimit NAME'`. Raising a hard limit needs CAP_SYS_RESOURCE (`EPERM` without it).
 */
export interface Rlimits {
  /** Address space, in bytes (RLIMIT_AS). Programs that reserve much of it (Node, Java, Go) don't start under a few GB. */
  readonly as?: Rlimit | undefined;
  /** Size of a core dump, in bytes (RLIMIT_CORE). 0: none is written, unless core_pattern pipes it to a program. */
  readonly core?: Rlimit | undefined;
  /** CPU time, in seconds (RLIMIT_CPU): SIGXCPU at the soft limit, SIGKILL at the hard one. */
  readonly cpu?: Rlimit | undefined;
  /** Data segment, in bytes (RLIMIT_DATA); since Linux 4.7 private writable mappings too. */
  readonly data?: Rlimit | undefined;
  /** Size of a file that is written, in bytes (RLIMIT_FSIZE): SIGXFSZ, or EFBIG. */
  readonly fsize?: Rlimit | undefined;
  /** File locks (RLIMIT_LOCKS). Ignored since Linux 2.4.25. */
  readonly locks?: Rlimit | undefined;
  /** Memory locked in RAM, in bytes (RLIMIT_MEMLOCK). */
  readonly memlock?: Rlimit | undefined;
  /** POSIX message queues of the user, in bytes (RLIMIT_MSGQUEUE). */
  readonly msgqueue?: Rlimit | undefined;
  /** Ceiling of the nice value, as 20 - nice: 0 to 40 (RLIMIT_NICE). */
  readonly nice?: Rlimit | undefined;
  /**
   * One more than the highest descriptor number that can be opened (RLIMIT_NOFILE). Node raises its own soft limit
   * to the hard one, and children inherit that; programs that loop over it or use select(2) want 1024 here.
   * At most fs.nr_open, see proc_sys_fs(5).
   */
  readonly nofile?: Rlimit | undefined;
  /** Processes and threads of the user (RLIMIT_NPROC). The superuser is exempt. Beyond it fork fails with EAGAIN. */
  readonly nproc?: Rlimit | undefined;
  /** Resident set, in bytes (RLIMIT_RSS). Ignored since Linux 2.4.30; use a cgroup. */
  readonly rss?: Rlimit | undefined;
  /** Ceiling of the real-time priority (RLIMIT_RTPRIO), see sched(7). */
  readonly rtprio?: Rlimit | undefined;
  /** CPU time without a blocking system call under real-time scheduling, in microseconds (RLIMIT_RTTIME). */
  readonly rttime?: Rlimit | undefined;
  /** Signals queued for the user (RLIMIT_SIGPENDING). */
  readonly sigpending?: Rlimit | undefined;
  /** Stack of the main thread, in bytes (RLIMIT_STACK); it also bounds the size of arguments and environment. */
  readonly stack?: Rlimit | undefined;
}

/**
 * Options of `safeSpawn` beside those of `child_process.spawn`. Linux only: elsewhere naming one is an error,
 * `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM`.
 *
 * They are in force before the first instruction of the program, in the child alone. If the kernel refuses one, the
 * program is not started, and the error has `step`, the name of the option, beside the `code` of the system. What can't
 * be right is thrown before anything is tried, as `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE` or `ERR_OUT_OF_RANGE`.
 */
export interface LaunchOptions {
  /**
   * Resource limits of the child. Those that are not named are inherited.
   *
   * prlimit(2), Linux 2.6.36. Set after the descriptors are placed and before ids change. Raising a hard limit needs
   * CAP_SYS_RESOURCE (`EPERM`).
   *
   * @example
   * safeSpawn('nginx', [], { rlimits: { nofile: 1024, core: 0, nproc: { soft: 100 } } });
   */
  readonly rlimits?: Rlimits | undefined;
  /**
   * Descriptors of this process that the child gets under their own number, beside those of `stdio`: for socket
   * activation, make's jobserver, or a file that a program is told by its number. Each must be open, listed once, and
   * not below the length of `stdio` (3, unless that is a longer array). They need not be inheritable here, and stay as
   * they are.
   *
   * dup3(2). A number above the child's limit `nofile` stays open all the same.
   *
   * @example
   * const log = fs.openSync('app.log', 'a'); // 20, say
   * safeSpawn('app', [`--log-fd=${log}`], { passFds: [log] });
   */
  readonly passFds?: readonly number[] | undefined;
  /**
   * Permissions that files made by the child don't get: 0 to 0o777, or an octal string as for `process.umask()`.
   * By default that of this process.
   *
   * umask(2). Never refused.
   */
  readonly umask?: number | string | undefined;
  /**
   * Scheduling priority, from -20, which gets most, to 19. Not relative to that of this process, which is the default.
   *
   * setpriority(2). Below the present value it needs CAP_SYS_NICE, or a limit `nice` that allows it (`EACCES`).
   */
  readonly nice?: number | undefined;
  /**
   * How soon the kernel kills the child when memory runs out, from -1000, never, to 1000, first. By default that of
   * this process.
   *
   * /proc/self/oom_score_adj, Linux 2.6.36, see proc_pid_oom_score_adj(5). Below the lowest value that a privileged
   * process has set it needs CAP_SYS_RESOURCE (`EACCES`). A process that has changed its own ids is not dumpable and
   * can't set it (`EACCES`): use choom(1) there.
   */
  readonly oomScoreAdj?: number | undefined;
  /**
   * User that the child runs as, by name or id, with the primary group and the supplementary groups that the system has
   * for that user, as login(1) sets them. A `gid` or `groups` beside it replaces that part. `uid` beside it is an error,
   * as are an unknown name and an id without an entry (`ERR_INVALID_ARG_VALUE`).
   *
   * `HOME`, `USER` and `LOGNAME` stay those of this process: set them in `env`, as in the example.
   *
   * getpwnam(3), getgrouplist(3); setgroups(2), setgid(2), setuid(2). Needs CAP_SETUID and CAP_SETGID (`EPERM`), also
   * for the user of this process. The look-up may take the time that the name services take.
   *
   * @example
   * safeSpawn('app', [], { user: 'app', env: { ...process.env, HOME: '/home/app', USER: 'app', LOGNAME: 'app' } });
   */
  readonly user?: string | number | undefined;
  /**
   * Supplementary groups, by id or name: exactly these, none for `[]`. `'init'` stands for those that the system has
   * for the child's user, as initgroups(3) sets them: the user of `uid`, or of this process, with the group of `gid`,
   * or the user's own. By default a child with another `uid` or `gid` has none, where that is permitted, and others
   * have those of this process.
   *
   * setgroups(2). Needs CAP_SETGID (`EPERM`), for an empty list too. Names that are unknown are an error
   * (`ERR_INVALID_ARG_VALUE`), and looking them up may take the time that the name services take.
   *
   * @example
   * safeSpawn('app', [], { uid: 'www-data', gid: 'www-data', groups: 'init' });
   */
  readonly groups?: readonly (number | string)[] | 'init' | undefined;
  /**
   * `true`: the child leads a process group of its own, in this session, so that a terminal's Ctrl-C does not reach it,
   * and `child.killTree()` reaches what it starts. A number: the group that it joins, which must be of this session.
   *
   * setpgid(2). `EPERM` where there is no such group here. Can't be combined with `detached`, which makes a group too.
   */
  readonly processGroup?: boolean | number | undefined;
  /**
   * A signal that the child gets when this process dies, however it dies. By default none. Programs that change their
   * ids, are set-user-ID or have capabilities lose it when they start.
   *
   * prctl(2), PR_SET_PDEATHSIG, after the change of ids that would clear it. If this process died before, the program
   * is not started. The kernel means the thread that has started the child: so in a Worker, which can end before the
   * process, it is an error (`ERR_WORKER_UNSUPPORTED_OPERATION`).
   *
   * @example
   * safeSpawn('helper', [], { deathSignal: 'SIGKILL' });
   */
  readonly deathSignal?: NodeJS.Signals | number | undefined;
  /**
   * `true`: neither the child nor what it starts can gain privileges by exec: set-user-ID and set-group-ID bits and
   * file capabilities have no effect.
   *
   * prctl(2), PR_SET_NO_NEW_PRIVS, Linux 3.5. Can't be undone.
   */
  readonly noNewPrivileges?: boolean | undefined;
  /**
   * Absolute path of the directory of a cgroup v2, in which the child is born: its limits hold from the first
   * instruction on, and `child.killTree()` kills all that is in it, so it should be the child's alone.
   *
   * clone3(2), CLONE_INTO_CGROUP, Linux 5.7. Needs permission to write to `cgroup.procs` there and in the common
   * ancestor with the cgroup of this process (`EACCES`). A frozen one is refused (`EBUSY`), since this process would
   * wait with the child. Where `pids.max` is reached, it is `EAGAIN`.
   *
   * In a cgroup that was killed, or if that of this process was, the child is not born but joins before its first step:
   * then `pids.max` does not refuse it.
   *
   * @example
   * fs.mkdirSync('/sys/fs/cgroup/jobs/42');
   * safeSpawn('job', [], { cgroup: '/sys/fs/cgroup/jobs/42' });
   */
  readonly cgroup?: string | undefined;
  /**
   * What the `'pipe'` entries of descriptors 0 to 2 are: `'socket'`, as with Node, or `'pipe'`, real ones, which go one
   * way. On a socket `/dev/stdin`, `/dev/stdout` and `/dev/stderr` can't be opened (`ENXIO`), as nginx, tee and shell
   * scripts do. Entries from 3 on are sockets, always.
   *
   * A pipe of stdout or stderr holds 256 KiB, a socket about 200 KB. While 64 pipes of this process are that large, further
   * ones hold 64 KiB. A Node program that calls `process.exit()` loses what its pipe does not hold.
   *
   * pipe2(2), fcntl(2) with F_SETPIPE_SZ.
   *
   * @default 'socket'
   */
  readonly pipes?: 'socket' | 'pipe' | undefined;
}

/** Those of Node, which takes only numbers for them. */
export interface UserOptions {
  /**
   * User of the child, by id or name. An unknown name is an error (`ERR_INVALID_ARG_VALUE`).
   *
   * **Without `gid` the child keeps the primary group of this process: started by root, it stays in root's group**, and
   * reads and writes what that group may. Use {@link LaunchOptions.user}, which sets the groups too.
   */
  readonly uid?: number | string | undefined;
  /** Primary group of the child, by id or name. An unknown name is an error (`ERR_INVALID_ARG_VALUE`). */
  readonly gid?: number | string | undefined;
}

/** The options of a function of `child_process`, with launch options beside them. */
export type WithLaunchOptions<Options> = Omit<Options, keyof UserOptions> & UserOptions & LaunchOptions;

export interface SafeSpawnOptions extends WithLaunchOptions<SpawnOptions> {}

export interface SafeSpawnOptionsWithoutStdio extends WithLaunchOptions<SpawnOptionsWithoutStdio> {}

export interface SafeSpawnOptionsWithStdioTuple<
  In extends StdioNull | StdioPipe,
  Out extends StdioNull | StdioPipe,
  Err extends StdioNull | StdioPipe,
> extends WithLaunchOptions<SpawnOptionsWithStdioTuple<In, Out, Err>> {}
