import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** As many bytes as name the dynamic linker in an executable. */
const HEADERS = 4096;

/** Of the header of a 64-bit file, see elf(5): where the table of sections is, how long its rows are, and how many. */
const E_SHOFF = 40;
const E_SHENTSIZE = 58;
const E_SHNUM = 60;
const HEADER_SIZE = 64;

/**
 * The C library that this process runs on, where its executable may be read. Not by /etc/alpine-release: other systems
 * with musl have no such file, and it says nothing of a Node with glibc that somebody brought to Alpine.
 */
export function libc(): 'glibc' | 'musl' | undefined {
  return beginning(process.execPath, ({ bytes }) => (bytes.includes('/ld-musl-') ? 'musl' : 'glibc'));
}

/**
 * Whether a file ends before its own table of sections does, which linkers write last. dlopen(3) does not look: it maps
 * what is not there, and the process dies of SIGBUS.
 */
export function isCutOff(path: string): boolean {
  return beginning(path, ({ bytes, size }) => size < HEADER_SIZE || size < endOfSections(bytes)) ?? false;
}

function endOfSections(header: Buffer): bigint {
  const table = BigInt(header.readUInt16LE(E_SHENTSIZE) * header.readUInt16LE(E_SHNUM));
  return header.readBigUInt64LE(E_SHOFF) + table;
}

/** What a question to the first bytes of a file comes to; undefined if it may not be read. */
function beginning<T>(path: string, ask: (file: { bytes: Buffer; size: number }) => T): T | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    const bytes = Buffer.alloc(HEADERS);
    readSync(fd, bytes, 0, HEADERS, 0);
    return ask({ bytes, size: fstatSync(fd).size });
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
