import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { systemError } from '../util/errors.js';
import { type FdFlags, fdInfo, fdNumbers, fdTarget, isGone, readFlags } from '../util/procfs-fds.js';

/** What /proc/PID/stat says of a process. */
export interface ProcessStat {
  readonly pid: number;
  /** At most 15 bytes of it. */
  readonly name: string;
  /** `'R'`, `'S'`, `'D'`, `'Z'`, ... */
  readonly state: string;
  readonly parent: number;
  readonly session: number;
  /** In clock ticks since the system was booted. With `pid`, it tells this process from a later one. */
  readonly startTime: number;
  /** False for a process that was forked and still runs the program of its parent, whose descriptors it shares. */
  readonly execed: boolean;
  readonly isKernelThread: boolean;
}

/** Bits of the field `flags`, from include/linux/sched.h. */
const PF_FORKNOEXEC = 0x40;
const PF_KTHREAD = 0x200000;

/**
 * Reads /proc, or what lies at `root` and looks like it. What is gone, and what may not be read, is undefined: a process
 * may end at any time, and that is no error.
 */
export class Proc {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** Throws ENOENT where there are none: the directory is there even if nothing is mounted on it. */
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

  /** Asks the file itself, which may be one of a file server that hangs: only with good reason. */
  isFifo(pid: number, fd: number): boolean {
    return attempt(() => statSync(`${this.#directory(pid)}/fd/${fd}`).isFIFO()) ?? false;
  }

  text(pid: number, name: string): string | undefined {
    return attempt(() => readFileSync(`${this.#directory(pid)}/${name}`, 'utf8'));
  }

  link(pid: number, name: string): string | undefined {
    return attempt(() => readlinkSync(`${this.#directory(pid)}/${name}`));
  }

  /** What each thread says of itself in one of its files. A thread that may not be read is undefined. */
  threads(pid: number, name: string): (string | undefined)[] {
    const ids = attempt(() => readdirSync(`${this.#directory(pid)}/task`)) ?? [];
    return ids.map((id) => this.text(pid, `task/${id}/${name}`));
  }

  #directory(pid: number): string {
    return `${this.root}/${pid}`;
  }
}

/** The name may hold blanks and parentheses: the other fields begin after the last one. */
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
