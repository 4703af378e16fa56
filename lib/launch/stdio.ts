import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { addon } from '../native/addon.js';
import { hasPermissionModel } from '../node/permission.js';
import type { NativeStream, StdioEntry } from '../node/spawn-request.js';
import { mapList } from '../util/lists.js';

const { EINVAL } = constants.errno;

/** A stdio entry of the child: what it is connected to. */
export interface StdioSource {
  readonly kind: 'ignore' | 'pipe' | 'oneWayPipe' | 'fd';
  /** -1 where there is none. */
  readonly fd: number;
  /** Gets our end of the pipe. */
  readonly pipe: NativeStream | undefined;
}

/** Reads each entry once, since the list can be anybody's. */
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
 * 0, or -EINVAL for what can't be passed on: no descriptor, or a UDP socket, on which Node would call methods of a
 * stream after the launch.
 */
export function refusalOf(stdio: readonly StdioSource[]): number {
  for (let index = 0; index < stdio.length; index++) {
    const { kind, fd } = stdio[index] as StdioSource;
    if (kind === 'fd' && fd === -1) return -EINVAL;
  }
  return 0;
}

/** An IPC channel has to be a socket, whatever its number: descriptors travel over it. */
function kindOf(entry: StdioEntry, oneWay: boolean): StdioSource['kind'] {
  const { type } = entry;
  if (type === 'ignore') return 'ignore';
  if (type !== 'pipe' && type !== 'overlapped') return 'fd';
  return oneWay && !('ipc' in entry) ? 'oneWayPipe' : 'pipe';
}

/**
 * Makes an integer of 32 bits of any number, as `spawnSync` does, and `spawn` of Node 20; that of later ones ends the
 * process. To libuv -1 is no descriptor, and what is below is nothing to pass on.
 */
export function descriptorOf(entry: StdioEntry): number {
  if (entry.type === 'wrap') return entry.wrapType === 'udp' ? -1 : entry.handle.fd;
  return 'fd' in entry ? entry.fd | 0 : -1;
}

function pipeOf(entry: StdioEntry): NativeStream | undefined {
  return entry.type === 'pipe' || entry.type === 'overlapped' ? entry.handle : undefined;
}

/**
 * Gives our ends of the pipes to Node, which reads and writes them from now on. Returns 0 or a negative errno. All ends are
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

/** Takes the ends of the last launch, by the index of the stdio entry; -1 where there is none. */
function takeEnds(stdio: readonly StdioSource[]): Int32Array {
  const ends = new Int32Array(stdio.length).fill(-1);
  for (let index = 0; index < stdio.length; index++) {
    if (stdio[index]?.pipe !== undefined) ends[index] = addon().takePipeFd(index);
  }
  return ends;
}

/** Node's own spawn opens pipes below the permission model, which refuses their open() without --allow-net since 26.12. */
function openPipe(pipe: NativeStream | undefined, end: number): number {
  if (pipe === undefined || end < 0) return 0;
  return hasPermissionModel() ? addon().openPipe(pipe, end) : pipe.open(end);
}

/** A program that replaces open() can make it throw after the pipe has taken the end. */
function closeEnd(pipe: NativeStream | undefined, end: number): void {
  if (end >= 0 && pipe?.fd !== end) closeSync(end);
}

/** Harmless for those that are closed, or were never opened. */
export function closePipes(stdio: readonly StdioSource[]): void {
  for (let index = 0; index < stdio.length; index++) stdio[index]?.pipe?.close();
}
