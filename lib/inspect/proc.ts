import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { systemError } from '../util/errors.js';
import { type FdFlags, fdInfo, fdNumbers, fdTarget, isGone, readFlags } from '../util/procfs-fds.js';

/** Fields of /proc/PID/stat (proc_pid_stat(5)). */
export interface ProcessStat {
  readonly pid: number;
  /** Name of the program, cut to 15 bytes. */
  readonly name: string;
  /** `'R'`, `'S'`, `'D'`, `'Z'`, ... */
  readonly state: string;
  readonly parent: number;
  readonly session: number;
  /** Clock ticks since the system was booted. Together with `pid` it identifies a process, since PIDs are recycled. */
  readonly startTime: number;
  /** False for a forked process that still runs the program of its parent. It has the parent's descriptors on purpose. */
  readonly execed: boolean;
  readonly isKernelThread: boolean;
}

/** Bits of the field `flags`, from include/linux/sched.h. */
const PF_FORKNOEXEC = 0x40;
const PF_KTHREAD = 0x200000;

/**
 * Reads /proc, or a copy of it at `root`. The result is undefined if a file is gone or may not be read. That is no error,
 * since a process may end at any time.
 */
export class Proc {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** Throws ENOENT if there are no processes. The directory exists even if nothing is mounted on it. */
  pids(): number[] {
    const names = attempt(() => readdirSync(this.root)) ?? [];
    const pids = names.filter((name) => /^[1-9]\d*$/.test(name)).map(Number);
    if (pids.length > 0) return pids;
    const message = `inspect ENOENT: no proc(5) is mounted at ${this.root}`;
    throw Object.assign(systemError(-constants.errno.ENOENT, 'inspect'), { message, path: this.root });
  }

  stat(pid: number): ProcessStat | undefined {
    const text = this.text(pid, 'stat');
    return text === undefined ? undefined : parseStat(text);
  }

  fds(pid: number): number[] | 'gone' | 'forbidden' {
    try {
      return fdNumbers(this.#directory(pid));
    } catch (error) {
      return isGone(error) ? 'gone' : 'forbidden';
    }
  }

  target(pid: number, fd: number): string | undefined {
    return attempt(() => fdTarget(this.#directory(pid), fd));
  }

  fdInfo(pid: number, fd: number): string | undefined {
    return attempt(() => fdInfo(this.#directory(pid), fd));
  }

  fdFlags(pid: number, fd: number): FdFlags | undefined {
    const info = this.fdInfo(pid, fd);
    return info === undefined ? undefined : readFlags(info);
  }

  /** Calls stat(2) on the file itself, which blocks if a file server hangs. Call it only if the answer is needed. */
  isFifo(pid: number, fd: number): boolean {
    return attempt(() => statSync(`${this.#directory(pid)}/fd/${fd}`).isFIFO()) ?? false;
  }

  text(pid: number, name: string): string | undefined {
    return attempt(() => readFileSync(`${this.#directory(pid)}/${name}`, 'utf8'));
  }

  link(pid: number, name: string): string | undefined {
    return attempt(() => readlinkSync(`${this.#directory(pid)}/${name}`));
  }

  /** Returns the text of one file of each thread, or undefined for a thread that may not be read. */
  threads(pid: number, name: string): (string | undefined)[] {
    const ids = attempt(() => readdirSync(`${this.#directory(pid)}/task`)) ?? [];
    return ids.map((id) => this.text(pid, `task/${id}/${name}`));
  }

  #directory(pid: number): string {
    return `${this.root}/${pid}`;
  }
}

/** Splits after the last parenthesis, since the name in parentheses may itself contain blanks and parentheses. */
function parseStat(text: string): ProcessStat {
  const end = text.lastIndexOf(')');
  const fields = text.slice(end + 2).split(' ');
  const flags = Number(fields[6]);
  return {
    pid: Number.parseInt(text, 10),
    name: text.slice(text.indexOf('(') + 1, end),
    state: fields[0] ?? '?',
    parent: Number(fields[1]),
    session: Number(fields[3]),
    startTime: Number(fields[19]),
    execed: (flags & PF_FORKNOEXEC) === 0,
    isKernelThread: (flags & PF_KTHREAD) !== 0,
  };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
