import { fstatSync } from 'node:fs';
import { addon } from '../native/addon.js';
import type { KeptFd } from '../node/originals.js';
import { invalidType, invalidValue, outOfRange } from '../util/errors.js';
import { copyList } from '../util/lists.js';

export function keepFd(fd: number): KeptFd {
  const { dev: device, ino: inode } = fstatSync(fd, { bigint: true });
  return { fd, device, inode };
}

export function isStillOpen({ fd, device, inode }: KeptFd): boolean {
  try {
    const now = keepFd(fd);
    return now.device === device && now.inode === inode;
  } catch {
    return false;
  }
}

const OPTION = 'options.keepFds';
const HIGHEST_FD: number = 2 ** 31 - 1;

/** The `keepFds` option, ascending: numbers that are open, each listed once, and behind those of stdio. */
export function readKeepFds(keepFds: unknown, stdio: unknown): number[] {
  if (keepFds === undefined) return [];
  if (!Array.isArray(keepFds)) throw invalidType(OPTION, 'an instance of Array', keepFds);
  const internal = addon().internalFds();
  const kept = copyList(keepFds).map((fd, index) => readFd(`${OPTION}[${index}]`, fd, internal));
  kept.sort((one, other) => one - other);
  const twice = kept.find((fd, index) => fd === kept[index + 1]);
  if (twice !== undefined) throw invalidValue(OPTION, keepFds, `has ${twice} twice`);
  const [least] = kept;
  if (least !== undefined && least < stdioLength(stdio)) {
    throw invalidValue(OPTION, keepFds, `has ${least}, which is a number of stdio`);
  }
  return kept;
}

function readFd(name: string, fd: unknown, internal: readonly number[]): number {
  if (typeof fd !== 'number') throw invalidType(name, 'of type number', fd);
  if (!Number.isInteger(fd) || fd < 0 || fd > HIGHEST_FD) {
    throw outOfRange(name, `an integer >= 0 && <= ${HIGHEST_FD}`, fd);
  }
  if (internal.includes(fd)) throw invalidValue(name, fd, 'belongs to safe-spawn');
  if (!isOpen(fd)) throw invalidValue(name, fd, 'is not an open descriptor');
  return fd;
}

function isOpen(fd: number): boolean {
  try {
    fstatSync(fd);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EBADF';
  }
}

function stdioLength(stdio: unknown): number {
  return Array.isArray(stdio) ? Math.max(stdio.length, 3) : 3;
}
