import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { native, STDIO_FD, STDIO_IGNORE, STDIO_ONE_WAY_PIPE, STDIO_PIPE } from './native.js';
import { hasPermissionModel, type NativeStream, type StdioEntry } from './node-internals.js';

const { EINVAL } = constants.errno;

/**
 * Appends (kind, descriptor) of each entry to the words of the launch. Returns 0, or -EINVAL for what can't be
 * passed on: no descriptor, or a UDP socket, on which Node would call methods of a stream after the launch.
 *
 * The index is counted by hand: entries() takes most of a microsecond until it is compiled.
 */
export function appendStdio(stdio: readonly StdioEntry[], words: number[], oneWayPipes: boolean): number {
  let index = 0;
  for (const entry of stdio) {
    const kind = kindOf(entry, oneWayPipes && index < 3);
    const fd = kind === STDIO_FD ? descriptorOf(entry) : -1;
    if (kind === STDIO_FD && (fd < 0 || fd !== (fd | 0))) return -EINVAL;
    words.push(kind, fd);
    index++;
  }
  return 0;
}

/** An IPC channel has to be a socket, whatever its number: descriptors travel over it. */
function kindOf(entry: StdioEntry, oneWay: boolean): number {
  const { type } = entry;
  if (type === 'ignore') return STDIO_IGNORE;
  if (type !== 'pipe' && type !== 'overlapped') return STDIO_FD;
  return oneWay && !('ipc' in entry) ? STDIO_ONE_WAY_PIPE : STDIO_PIPE;
}

function descriptorOf(entry: StdioEntry): number {
  if (entry.type === 'wrap') return entry.wrapType === 'udp' ? -1 : entry.handle.fd;
  return 'fd' in entry ? entry.fd : -1;
}

function pipeOf(entry: StdioEntry): NativeStream | undefined {
  return entry.type === 'pipe' || entry.type === 'overlapped' ? entry.handle : undefined;
}

/**
 * Gives our ends of the pipes to Node, which reads and writes them from now on. Returns 0 or a negative errno: then
 * those that Node did not take are closed.
 */
export function openEnds(stdio: readonly StdioEntry[]): number {
  let failed = 0;
  stdio.forEach((entry, index) => {
    const pipe = pipeOf(entry);
    if (pipe === undefined) return;
    const end = native().takeEnd(index);
    if (end < 0) return;
    if (failed === 0) failed = openPipe(pipe, end);
    if (failed !== 0) closeSync(end);
  });
  return failed;
}

/** Node's own spawn opens pipes below the permission model, which refuses their open() without --allow-net since 26.12. */
function openPipe(pipe: NativeStream, end: number): number {
  return hasPermissionModel() ? native().openPipe(pipe, end) : pipe.open(end);
}

/** Harmless for those that are closed, or were never opened. */
export function closePipes(stdio: readonly StdioEntry[]): void {
  for (const entry of stdio) pipeOf(entry)?.close();
}
