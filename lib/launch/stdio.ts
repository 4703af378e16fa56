import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { addon } from '../native/addon.js';
import { hasPermissionModel } from '../node/permission.js';
import type { NativeStream, StdioEntry } from '../node/spawn-request.js';
import { mapList } from '../util/lists.js';

const { EINVAL } = constants.errno;

/** A stdio entry of the child. */
export interface StdioSource {
  readonly kind: 'ignore' | 'pipe' | 'oneWayPipe' | 'fd';
  /** The descriptor to pass, or -1 if there is none. */
  readonly fd: number;
  /** Node's stream for the parent's end of the pipe. */
  readonly pipe: NativeStream | undefined;
}

/** Reads each entry once, since the list comes from the program and can have getters. */
export function readStdio(entries: ArrayLike<StdioEntry>, oneWayPipes: boolean): StdioSource[] {
  return mapList(entries, (entry, index) => readSource(entry, oneWayPipes && index < 3));
}

function readSource(entry: StdioEntry, oneWay: boolean): StdioSource {
  const kind = kindOf(entry, oneWay);
  if (kind !== 'fd') return { kind, fd: -1, pipe: pipeOf(entry) };
  const fd = descriptorOf(entry);
  return { kind: fd < -1 ? 'ignore' : kind, fd, pipe: undefined };
}

/**
 * Returns 0, or -EINVAL for an entry that can't be passed. Such an entry has no descriptor, or it is a UDP socket. Node would
 * call methods of a stream on that after the launch.
 */
export function refusalOf(stdio: readonly StdioSource[]): number {
  for (let index = 0; index < stdio.length; index++) {
    const { kind, fd } = stdio[index] as StdioSource;
    if (kind === 'fd' && fd === -1) return -EINVAL;
  }
  return 0;
}

/** Returns the kind of an entry. An IPC channel is always a socket, since descriptors are passed over it. */
function kindOf(entry: StdioEntry, oneWay: boolean): StdioSource['kind'] {
  const { type } = entry;
  if (type === 'ignore') return 'ignore';
  if (type !== 'pipe' && type !== 'overlapped') return 'fd';
  return oneWay && !('ipc' in entry) ? 'oneWayPipe' : 'pipe';
}

/**
 * Converts any number to a 32-bit integer, as `spawnSync` does, and `spawn` of Node 20. Later versions of `spawn` abort the
 * process. In libuv, -1 is an invalid descriptor, and a lower number means that there is none to pass.
 */
export function descriptorOf(entry: StdioEntry): number {
  if (entry.type === 'wrap') return entry.wrapType === 'udp' ? -1 : entry.handle.fd;
  return 'fd' in entry ? entry.fd | 0 : -1;
}

function pipeOf(entry: StdioEntry): NativeStream | undefined {
  return entry.type === 'pipe' || entry.type === 'overlapped' ? entry.handle : undefined;
}

/**
 * Gives the parent's ends of the pipes to Node, which then reads and writes them. Returns 0 or a negative errno. All ends are
 * taken first, since a program may have replaced open() and start another child in it. If a pipe is not opened, its end and
 * those behind it are closed.
 */
export function attachPipes(stdio: readonly StdioSource[]): number {
  const ends = takeEnds(stdio);
  let index = 0;
  try {
    for (; index < stdio.length; index++) {
      const failed = openPipe(stdio[index]?.pipe, ends[index] ?? -1);
      if (failed !== 0) return failed;
    }
    return 0;
  } finally {
    for (; index < stdio.length; index++) closeEnd(stdio[index]?.pipe, ends[index] ?? -1);
  }
}

/** Takes the parent's ends of the last launch, at the index of the stdio entry; -1 if there is none. */
function takeEnds(stdio: readonly StdioSource[]): number[] {
  return mapList(stdio, ({ pipe }, index) => (pipe === undefined ? -1 : addon().takePipeFd(index)));
}

/** Opens a pipe as Node's spawn does, without the permission model. That refuses open() without --allow-net since Node 26.12. */
function openPipe(pipe: NativeStream | undefined, end: number): number {
  if (pipe === undefined || end < 0) return 0;
  return hasPermissionModel ? addon().openPipe(pipe, end) : pipe.open(end);
}

/** Handles a replaced open() that throws after the pipe has taken the end. */
function closeEnd(pipe: NativeStream | undefined, end: number): void {
  if (end >= 0 && pipe?.fd !== end) closeSync(end);
}

/** Closes the pipes. It does nothing to those that are already closed or were never opened. */
export function closePipes(stdio: readonly StdioSource[]): void {
  for (let index = 0; index < stdio.length; index++) stdio[index]?.pipe?.close();
}
