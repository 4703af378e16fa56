// What /proc says of a process. Everything may be gone, or hidden from us: then undefined.
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';

const NUMBER_OF_WRITE = { x64: 1, arm64: 64 };

/** 'R', 'S', ..., or undefined for a process that is dead, reaped or not. */
export function state(pid) {
  const letter = read(pid, 'stat')?.replace(/^.*\) /s, '')[0];
  return letter === 'Z' || letter === 'X' ? undefined : letter;
}

/** Descriptor that the process is writing to at this moment. */
export function writesTo(pid) {
  const [call, fd] = read(pid, 'syscall')?.split(' ') ?? [];
  return Number(call) === NUMBER_OF_WRITE[process.arch] ? Number(fd) : undefined;
}

/** Where in the kernel it sleeps. */
export function waitsIn(pid) {
  const place = read(pid, 'wchan');
  return place === '0' ? undefined : place;
}

export function bytesWritten(pid) {
  const count = read(pid, 'io')?.match(/^wchar: (\d+)/m);
  return count && Number(count[1]);
}

/** 141, a shell's way to say it, is 'SIGPIPE'. */
export function signalOfStatus(status) {
  return Object.entries(constants.signals).find(([, number]) => 128 + number === status)?.[0];
}

function read(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return undefined;
  }
}
