import type {
  SpawnOptions,
  SpawnOptionsWithoutStdio,
  SpawnOptionsWithStdioTuple,
  StdioNull,
  StdioPipe,
} from 'node:child_process';
import { unsupportedPlatform } from './errors.js';

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

/** Options of `safeSpawn` beside those of `child_process.spawn`. Linux only: elsewhere naming one is an error. */
export interface LaunchOptions {
  /**
   * Resource limits of the child, see prlimit(2). Those that are not named are inherited.
   *
   * @example
   * safeSpawn('nginx', [], { rlimits: { nofile: 1024, core: 0, nproc: { soft: 100 } } });
   */
  readonly rlimits?: Rlimits | undefined;
}

export interface SafeSpawnOptions extends SpawnOptions, LaunchOptions {}

export interface SafeSpawnOptionsWithoutStdio extends SpawnOptionsWithoutStdio, LaunchOptions {}

export interface SafeSpawnOptionsWithStdioTuple<
  In extends StdioNull | StdioPipe,
  Out extends StdioNull | StdioPipe,
  Err extends StdioNull | StdioPipe,
> extends SpawnOptionsWithStdioTuple<In, Out, Err>,
    LaunchOptions {}

const NAMES: readonly (keyof LaunchOptions)[] = ['rlimits'];

/** Elsewhere than on Linux `child_process.spawn` does the work, and it would ignore these without a word. */
export function refuseLaunchOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) return;
  for (const name of NAMES) {
    if ((options as LaunchOptions)[name] !== undefined) throw unsupportedPlatform(`options.${name}`);
  }
}
