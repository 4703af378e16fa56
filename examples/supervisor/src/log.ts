import { fstatSync, type Stats } from 'node:fs';
import { type FileHandle, open, realpath, rename, rm } from 'node:fs/promises';
import { Writable } from 'node:stream';
import type { LogConfig } from './config.ts';

/**
 * A file to pipe into, which is moved to FILE.1 when it is full. It never fails, since then nobody would read the
 * program's pipe and the program would hang: what can't be written, on a full disk, is counted as lost.
 */
export class RotatingLog extends Writable {
  /** Bytes. */
  lost = 0;
  readonly #config: LogConfig;
  #file: FileHandle | undefined;
  #size = 0;
  /** What is moved when it is full; undefined for what must stay. */
  #path: string | undefined;

  constructor(config: LogConfig) {
    super();
    this.#config = config;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#append(chunk)
      .catch(() => {
        this.lost += chunk.length;
      })
      .then(() => this.#rotateIfFull())
      .catch(() => undefined)
      .then(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#close().then(() => done(error), done);
  }

  async #append(chunk: Buffer): Promise<void> {
    this.#file ??= await this.#open();
    await this.#file.appendFile(chunk);
    this.#size += chunk.length;
  }

  async #open(): Promise<FileHandle> {
    const file = await open(this.#config.file, 'a');
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
