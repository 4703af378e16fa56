import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Number of bytes at the start of an executable that contain the name of its dynamic linker. */
const HEADERS = 4096;

/**
 * Returns the C library that this process runs on. /etc/alpine-release proves nothing: other systems with musl have no such
 * file, and a Node with glibc can run on Alpine.
 */
export function libc(): 'glibc' | 'musl' {
  const named = beginning(process.execPath, ({ bytes }) => (bytes.includes('/ld-musl-') ? 'musl' : 'glibc'));
  return named ?? libcByReport();
}

/** A report takes milliseconds. It is made only if the executable may not be read. */
function libcByReport(): 'glibc' | 'musl' {
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}

/** Returns the first bytes of a regular file, or undefined if it may not be read. */
export function firstBytes(path: string): Buffer | undefined {
  return beginning(path, ({ bytes, size }) => bytes.subarray(0, size));
}

// ---- the dynamic linker ----------------------------------------------------------------------------------------

const PT_INTERP = 3;
const MAGIC = 0x7f454c46;
const PATH_MAX = 4096;

/** Offsets of fields in files of 32 and of 64 bits: in the header, then in a row of the table of segments. */
const LAYOUTS = {
  1: { phoff: 28, phentsize: 42, phnum: 44, offset: 4, size: 16 },
  2: { phoff: 32, phentsize: 54, phnum: 56, offset: 8, size: 32 },
} as const;

/** Returns the dynamic linker that an executable names. Returns undefined for other files. */
export function dynamicLinker(path: string): string | undefined {
  return beginning(path, ({ bytes, read }) => {
    const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const kind = bytes[4];
    if (header.getUint32(0) !== MAGIC || (kind !== 1 && kind !== 2)) return undefined;
    const layout = LAYOUTS[kind];
    const isLittle = bytes[5] === 1;
    const word = (at: number) =>
      kind === 1 ? header.getUint32(at, isLittle) : Number(header.getBigUint64(at, isLittle));
    for (let row = 0; row < header.getUint16(layout.phnum, isLittle); row += 1) {
      const at = word(layout.phoff) + row * header.getUint16(layout.phentsize, isLittle);
      if (header.getUint32(at, isLittle) !== PT_INTERP) continue;
      const name = read(word(at + layout.offset), Math.min(word(at + layout.size), PATH_MAX));
      return name.toString().split('\0', 1)[0];
    }
    return undefined;
  });
}

interface Beginning {
  readonly bytes: Buffer;
  readonly size: number;
  /** Reads elsewhere in the file. */
  readonly read: (position: number, length: number) => Buffer;
}

/**
 * Returns the answer of `ask` to the first bytes of a file, or undefined if the file may not be read. O_NONBLOCK keeps the
 * open from waiting for the writer of a FIFO.
 */
function beginning<T>(path: string, ask: (file: Beginning) => T): T | undefined {
  let fd: number | undefined;
  try {
    const opened = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    fd = opened;
    const stats = fstatSync(opened);
    if (!stats.isFile()) return undefined;
    const read = (position: number, length: number) => {
      const bytes = Buffer.alloc(length);
      readSync(opened, bytes, 0, length, position);
      return bytes;
    };
    return ask({ bytes: read(0, HEADERS), size: stats.size, read });
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
