import { constants, fstatSync, type Stats } from 'node:fs';
import { type FileHandle, open, realpath, rename, rm } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogConfig } from './config.ts';

/**
 * Neither open() nor write() may block: a FIFO that nobody reads would keep a thread of libuv's pool, and four of them
 * would stop every log. O_NOCTTY keeps a terminal from becoming that of the supervisor, which would die when it hangs up.
 */
const FLAGS =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK | constants.O_NOCTTY;
const RETRY_MS = 10;
/** A reader that takes nothing for this time is taken to have stopped. */
const LONGEST_WAIT_MS = 1000;

/**
 * A file to pipe into, which is moved to FILE.1 when it is full. It never fails, since then nobody would read the
 * program's pipe and the program would hang: what can't be written, to a full disk or to a FIFO that nobody reads, is
 * counted as lost.
 */
export class RotatingLog extends Writable {
  /** Bytes. */
  lost = 0;
  readonly #config: LogConfig;
  #file: FileHandle | undefined;
  #size = 0;
  /** What is moved when it is full; undefined for what must stay. */
  #path: string | undefined;
  /** True if the last write found a full FIFO. The next one does not wait again, unless the reader has read. */
  #isStuck = false;

  constructor(config: LogConfig) {
    super();
    this.#config = config;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#append(chunk)
      .catch(() => 0)
      .then((written) => {
        this.lost += chunk.length - written;
        return this.#rotateIfFull();
      })
      .catch(() => undefined)
      .then(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#close().then(() => done(error), done);
  }

  /** Returns how many bytes were written. */
  async #append(chunk: Buffer): Promise<number> {
    this.#file ??= await this.#open();
    const written = await writeWithin(this.#isStuck ? 0 : LONGEST_WAIT_MS, this.#file, chunk);
    this.#isStuck = written === 0;
    this.#size += written;
    return written;
  }

  async #open(): Promise<FileHandle> {
    const file = await open(this.#config.file, FLAGS, 0o666);
    const stat = await file.stat();
    this.#size = stat.size;
    this.#path = mayMove(stat) ? await findFile(this.#config.file) : undefined;
    return file;
  }

  /** Closed before it is moved or removed: a file that was removed takes up the disk for as long as it is open. */
  async #rotateIfFull(): Promise<void> {
    const path = this.#path;
    const { maxBytes, backups } = this.#config;
    if (path === undefined || maxBytes === 0 || this.#size < maxBytes) return;
    const generation = (age: number) => (age === 0 ? path : `${path}.${age}`);
    await this.#close();
    await rm(generation(backups), { force: true });
    for (let age = backups - 1; age >= 0; age -= 1) {
      await rename(generation(age), generation(age + 1)).catch(ignoreMissing);
    }
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}

/** Writes until the end, an error, or until a full FIFO had no room for this time. Returns how many bytes were written. */
async function writeWithin(patience: number, file: FileHandle, chunk: Buffer): Promise<number> {
  let written = 0;
  let waited = 0;
  while (written < chunk.length) {
    const count = await tryWrite(file, chunk.subarray(written));
    if (count === undefined || (count === 0 && waited >= patience)) break;
    written += count;
    waited = count > 0 ? 0 : waited + RETRY_MS;
    if (count === 0) await sleep(RETRY_MS);
  }
  return written;
}

/** Returns 0 for a full FIFO, and undefined where waiting does not help. */
async function tryWrite(file: FileHandle, bytes: Buffer): Promise<number | undefined> {
  try {
    return (await file.write(bytes)).bytesWritten;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 0 : undefined;
  }
}

/**
 * Moving a device away, such as /dev/null, would take it from the whole system. Output of this process, which is what
 * /dev/stdout leads to, belongs to whoever redirected it, and would go on into the file that was moved.
 */
function mayMove(stat: Stats): boolean {
  const own = [1, 2].map((fd) => fstatSync(fd));
  return stat.isFile() && !own.some(({ dev, ino }) => dev === stat.dev && ino === stat.ino);
}

/** Not a link to it, which somebody has made to have the log in another place. */
function findFile(name: string): Promise<string | undefined> {
  return realpath(name).catch(() => undefined);
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
