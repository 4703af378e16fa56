/** Descriptors as proc_pid_fd(5) shows them. Nothing here needs the addon. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** `'path'`: opened with O_PATH, which permits neither. */
export type FdAccess = 'r' | 'w' | 'rw' | 'path';

export interface FdFlags {
  /** If false, a child that is started by anything else than safeSpawn gets it. */
  readonly closeOnExec: boolean;
  readonly access: FdAccess;
}

/** Bits of the flags in /proc/PID/fdinfo, the same on all architectures but Alpha, MIPS, PA-RISC and SPARC. */
const O_ACCMODE = 0o3;
const O_PATH = 0o10000000;
const O_CLOEXEC = 0o2000000;
const ACCESS: readonly FdAccess[] = ['r', 'w', 'rw', 'path'];

/** In ascending order. `process` is a directory such as /proc/1, here and below. */
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

/** Of a text like "pos:\t0\nflags:\t02100002\n...", in octal. */
export function readFlags(info: string): FdFlags {
  const flags = Number.parseInt(/^flags:\s*([0-7]+)$/m.exec(info)?.[1] ?? '', 8);
  const access = flags & O_PATH ? 'path' : (ACCESS[flags & O_ACCMODE] ?? 'path');
  return { closeOnExec: (flags & O_CLOEXEC) !== 0, access };
}

/** Whether a descriptor or its process ended while /proc was read. */
export function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ESRCH';
}
