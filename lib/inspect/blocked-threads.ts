import type { Proc } from './proc.js';

/** Numbers of system calls. Calls in `write`, `read` and `accept` wait on the descriptor in their first argument. */
interface Calls {
  readonly write: readonly string[];
  readonly read: readonly string[];
  readonly accept: readonly string[];
  readonly poll: readonly string[];
}

/** Numbers from asm/unistd.h. A 32-bit process has other numbers. For it, only the place where it sleeps (wchan) is known. */
const CALLS: Partial<Record<NodeJS.Architecture, Calls>> = {
  x64: {
    write: ['1', '20'],
    read: ['0', '19', '275', '276'],
    accept: ['43', '288'],
    poll: ['7', '23', '270', '271'],
  },
  arm64: { write: ['64', '66'], read: ['63', '65', '76', '77'], accept: ['202', '242'], poll: ['72', '73'] },
};

const NONE: Calls = { write: [], read: [], accept: [], poll: [] };
const { write, read, accept, poll } = CALLS[process.arch] ?? NONE;

/**
 * Looks for a thread that waits in write(2) for room in the pipe `target`. Returns the thread and the number of bytes that
 * it has ever written, or undefined if no thread waits. The same answer twice means that it waited all the time.
 */
export function blockedWriter(proc: Proc, pid: number, target: string): string | undefined {
  const at = proc.threads(pid, 'syscall').findIndex((syscall, index) => {
    if (syscall === undefined) return waitsIn(proc, pid, index, 'pipe_write');
    const [number = '', fd = ''] = syscall.split(' ');
    return write.includes(number) && proc.target(pid, Number(fd)) === target;
  });
  return at < 0 ? undefined : `thread ${at}, ${counter(proc.threads(pid, 'io')[at], 'wchar')}`;
}

/** Returns the count of a process's read calls. A changed count means that it has read something. */
export function readCount(proc: Proc, pid: number): string {
  return counter(proc.text(pid, 'io'), 'syscr');
}

function counter(io: string | undefined, name: string): string {
  return io?.split('\n').find((line) => line.startsWith(name)) ?? name;
}

/** Returns whether a thread waits on this descriptor, in read(2), accept(2) or by epoll(7). */
export function isWaitedOn(proc: Proc, pid: number, fd: number): boolean {
  return isAwaited(proc, pid, fd) || isInEpoll(proc, pid, fd);
}

function isAwaited(proc: Proc, pid: number, fd: number): boolean {
  return proc.threads(pid, 'syscall').some((syscall, index) => {
    if (syscall === undefined) return waitsIn(proc, pid, index, 'pipe_read');
    const [number = '', first = ''] = syscall.split(' ');
    return (read.includes(number) || accept.includes(number)) && Number(first) === fd;
  });
}

/** Returns whether a thread waits in poll(2) or select(2). /proc does not show on which descriptors. */
export function isInPoll(proc: Proc, pid: number): boolean {
  return proc.threads(pid, 'syscall').some((syscall) => poll.includes(syscall?.split(' ')[0] ?? ''));
}

/** Reads wchan, which is readable even if `syscall` is not: Yama forbids that file for processes that are no descendants. */
function waitsIn(proc: Proc, pid: number, thread: number, place: string): boolean {
  return proc.threads(pid, 'wchan')[thread]?.includes(place) ?? false;
}

function isInEpoll(proc: Proc, pid: number, fd: number): boolean {
  const fds = proc.fds(pid);
  if (typeof fds === 'string') return false;
  const watched = new RegExp(`^tfd:\\s*${fd}\\s`, 'm');
  return fds
    .filter((other) => proc.target(pid, other) === 'anon_inode:[eventpoll]')
    .some((epoll) => watched.test(proc.fdInfo(pid, epoll) ?? ''));
}
