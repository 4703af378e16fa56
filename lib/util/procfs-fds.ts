/** Reads file descriptors from proc_pid_fd(5). Nothing here may load the addon, since `inspect` works without it. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Access mode of a descriptor. `'path'` means O_PATH, which permits neither reading nor writing (open(2)). */
export type FdAccess = 'r' | 'w' | 'rw' | 'path';

export interface FdFlags {
  /** If false, every child inherits the descriptor, unless safeSpawn starts it. */
  readonly closeOnExec: boolean;
  readonly access: FdAccess;
}

/** Bits of the flags in /proc/PID/fdinfo. Only Alpha, MIPS, PA-RISC and SPARC have other values. */
const O_ACCMODE = 0o3;
const O_PATH = 0o10000000;
const O_CLOEXEC = 0o2000000;
const ACCESS: readonly FdAccess[] = ['r', 'w', 'rw', 'path'];

/** Returns the open descriptors in ascending order. `process` is a directory such as /proc/1, here and below. */
export function fdNumbers(process: string): number[] {
  return readdirSync(`${process}/fd`)
    .map(Number)
    .sort((one, other) => one - other);
}

export function fdTarget(process: string, fd: number): string {
  return readlinkSync(`${process}/fd/${fd}`);
}

export function fdInfo(process: string, fd: number): string {
  return readFileSync(`${process}/fdinfo/${fd}`, 'utf8');
}

/** Parses the octal flags in a text such as "pos:\t0\nflags:\t02100002\n...". */
export function readFlags(info: string): FdFlags {
  const flags = Number.parseInt(/^flags:\s*([0-7]+)$/m.exec(info)?.[1] ?? '', 8);
  const access = flags & O_PATH ? 'path' : (ACCESS[flags & O_ACCMODE] ?? 'path');
  return { closeOnExec: (flags & O_CLOEXEC) !== 0, access };
}

/** Returns whether an error means that the descriptor or its process is gone. */
export function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ESRCH';
}
