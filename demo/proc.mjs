// What /proc says of a process. Everything may be gone, or hidden from us: then undefined.
import { readFileSync } from 'node:fs';

/** 'R', 'S', ..., or undefined for a process that is dead, reaped or not. */
export function state(pid) {
  const letter = read(pid, 'stat')?.replace(/^.*\) /s, '')[0];
  return letter === 'Z' || letter === 'X' ? undefined : letter;
}

export function bytesWritten(pid) {
  const count = read(pid, 'io')?.match(/^wchar: (\d+)/m);
  return count && Number(count[1]);
}

function read(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return undefined;
  }
}
