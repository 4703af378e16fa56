import type { Proc } from './proc.js';

/** The arguments of a process. Empty for one that has none, or whose may not be read. */
export function argumentsOf(proc: Proc, pid: number): string[] {
  return (proc.text(pid, 'cmdline') ?? '').replace(/\0$/, '').split('\0');
}

/**
 * Whether a process was told of a descriptor by its number, in an argument or in a variable: then it was given to it, and
 * did not leak. So do `LISTEN_FDS` of systemd, `NGINX`, the jobserver of make, and /dev/fd/63 of a shell. Where it may not
 * be read it counts as told.
 */
export function isTold(proc: Proc, pid: number, fd: number): boolean {
  const words = [proc.text(pid, 'cmdline'), proc.text(pid, 'environ')];
  if (words.includes(undefined)) return true;
  const text = words.join('\0');
  const passed = Number(/(?:^|\0)LISTEN_FDS=(\d+)/.exec(text)?.[1] ?? 0);
  return fd < FIRST_PASSED + passed || new RegExp(`(?<![\\w.])${fd}(?![\\w.])`).test(text);
}

/** SD_LISTEN_FDS_START. */
const FIRST_PASSED = 3;
