import { closeSync, openSync, readSync } from 'node:fs';

/** The dynamic linker is named among the first bytes of an executable. */
const HEADERS = 4096;

/**
 * The C library that this process runs on, where its executable may be read. Not by /etc/alpine-release: other systems
 * with musl have no such file, and it says nothing of a Node with glibc that somebody brought to Alpine.
 */
export function libc(): 'glibc' | 'musl' | undefined {
  try {
    return firstBytes(process.execPath).includes('/ld-musl-') ? 'musl' : 'glibc';
  } catch {
    return undefined;
  }
}

function firstBytes(path: string): Buffer {
  const bytes = Buffer.alloc(HEADERS);
  const fd = openSync(path, 'r');
  try {
    return bytes.subarray(0, readSync(fd, bytes, 0, HEADERS, 0));
  } finally {
    closeSync(fd);
  }
}
