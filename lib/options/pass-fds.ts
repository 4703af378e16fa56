import { fstatSync } from 'node:fs';
import { addon } from '../native/addon.js';
import type { IdentifiedFd } from '../node/originals.js';
import { invalidType, invalidValue, outOfRange } from '../util/errors.js';
import { mapList } from '../util/lists.js';

export function identifyFd(fd: number): IdentifiedFd {
  const { dev: device, ino: inode } = fstatSync(fd, { bigint: true });
  return { fd, device, inode };
}

export function isSameFile({ fd, device, inode }: IdentifiedFd): boolean {
  try {
    const now = identifyFd(fd);
    return now.device === device && now.inode === inode;
  } catch {
    return false;
  }
}

const OPTION = 'options.passFds';
const HIGHEST_FD: number = 2 ** 31 - 1;

/** Reads the `passFds` option in ascending order. Each number must be open, listed once, and not below the length of stdio. */
export function readPassFds(passFds: unknown, stdio: unknown): number[] {
  if (passFds === undefined) return [];
  if (!Array.isArray(passFds)) throw invalidType(OPTION, 'an instance of Array', passFds);
  const internal = addon().internalFds();
  const passed = mapList(passFds, (fd, index) => readFd(`${OPTION}[${index}]`, fd, internal));
  passed.sort((one, other) => one - other);
  const twice = passed.find((fd, index) => fd === passed[index + 1]);
  if (twice !== undefined) throw invalidValue(OPTION, passFds, `lists ${twice} twice`);
  const [least] = passed;
  if (least !== undefined && least < stdioLength(stdio)) {
    throw invalidValue(OPTION, passFds, `lists ${least}, which is the index of an entry in stdio`);
  }
  return passed;
}

function readFd(name: string, fd: unknown, internal: readonly number[]): number {
  if (typeof fd !== 'number') throw invalidType(name, 'of type number', fd);
  if (!Number.isInteger(fd) || fd < 0 || fd > HIGHEST_FD) {
    throw outOfRange(name, `an integer >= 0 && <= ${HIGHEST_FD}`, fd);
  }
  if (internal.includes(fd)) throw invalidValue(name, fd, 'is an internal descriptor of safe-spawn');
  if (!isOpen(fd)) throw invalidValue(name, fd, 'is not an open file descriptor');
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
