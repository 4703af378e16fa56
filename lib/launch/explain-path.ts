import { lstatSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { inspect } from 'node:util';
import { escapeUnprintable } from '../util/unprintable.js';

/** The reason why a path can't be used, and the error code of the kernel for it. */
export interface Reason {
  readonly code: string;
  readonly text: string;
}

/** The ids that the kernel checks against the permissions of a file. */
export interface Ids {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/** Returns the path of a file in a directory. It stays relative if the directory is unknown (''). */
export function absolute(directory: string, path: string): string {
  if (path.startsWith('/') || directory === '') return path;
  return `${directory}/${path}`.replaceAll(/\/(?:\.?\/)+/g, '/');
}

/** The working directory of this process, or '' if it was removed, or if another library has replaced process.cwd(). */
export function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return '';
  }
}

function isWorkingDirectoryRemoved(): boolean {
  const stats = look('.');
  return typeof stats === 'string' || stats.nlink === 0;
}

/** Explains why the kernel can't find or reach a path. Returns undefined if it can. */
export function whyUnreachable(path: string, ids: Ids): Reason | undefined {
  if (!path.startsWith('/')) return isWorkingDirectoryRemoved() ? REMOVED : undefined;
  const prefixes = prefixesOf(path);
  for (const [index, prefix] of prefixes.entries()) {
    const isLast = index === prefixes.length - 1;
    const stats = look(prefix);
    if (typeof stats === 'string') return whyNotThere(prefix, stats, isLast);
    if (isLast && !/\/\.?$/.test(path)) return undefined;
    const reason = whyNotEntered(prefix, stats, ids);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

const REMOVED: Reason = { code: 'ENOENT', text: 'the working directory of this process was removed' };

/** Explains why a path can't be a working directory. Returns undefined if it can. */
export function whyNoDirectory(path: string, ids: Ids): Reason | undefined {
  const reason = whyUnreachable(path, ids);
  const stats = look(path);
  return reason ?? (typeof stats === 'string' ? undefined : whyNotEntered(path, stats, ids));
}

function whyNotEntered(path: string, stats: Stats, ids: Ids): Reason | undefined {
  if (!stats.isDirectory()) return { code: 'ENOTDIR', text: `${show(path)} is not a directory` };
  if (mayExecute(stats, ids)) return undefined;
  const text = `directory ${show(path)} may not be searched by uid ${ids.uid} (${permissions(stats)})`;
  return { code: 'EACCES', text };
}

function whyNotThere(path: string, code: string, isLast: boolean): Reason | undefined {
  const link = describeLink(path);
  switch (code) {
    case 'ENOENT': {
      const missing = `${isLast ? '' : 'directory '}${show(path)} does not exist`;
      return { code, text: link === undefined ? missing : `${link}, which does not exist` };
    }
    case 'ELOOP':
      return link === undefined ? undefined : { code, text: `${link}, which leads back to it` };
    case 'ENOTDIR':
      return link === undefined ? undefined : { code, text: `${link}, which is below a file` };
    default:
      return undefined;
  }
}

/** Returns the path and its parents, topmost first: `/a`, `/a/b` and `/a/b/c` for `/a/b/c`. */
function prefixesOf(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  return names.length === 0 ? ['/'] : names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`);
}

/** Returns what a path leads to, or the code of the error. */
export function look(path: string): Stats | string {
  return statsOrCode(path, statSync);
}

/** Returns whether a directory has an entry of this name, though it may be a link that leads nowhere. */
export function isListed(path: string): boolean {
  return statsOrCode(path, lstatSync) !== 'ENOENT';
}

function statsOrCode(path: string, stat: (path: string) => Stats): Stats | string {
  try {
    return stat(path);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? '';
  }
}

/** Explains that the target of a symbolic link is missing. Returns undefined for any other path. */
export function whyDangling(path: string): string | undefined {
  return look(path) === 'ENOENT' && describeLink(path) !== undefined
    ? whyNotThere(path, 'ENOENT', true)?.text
    : undefined;
}

function describeLink(path: string): string | undefined {
  try {
    return `${show(path)} is a symbolic link to ${show(readlinkSync(path))}`;
  } catch {
    return undefined;
  }
}

const X = 0o1;
const ANY_X = 0o111;

/** Returns whether the mode lets these ids execute a file or search a directory. It ignores access control lists. */
export function mayExecute(stats: Stats, { uid, gid, groups }: Ids): boolean {
  if (uid === 0) return stats.isDirectory() || (stats.mode & ANY_X) !== 0;
  if (uid === stats.uid) return (stats.mode & (X << 6)) !== 0;
  const isMember = gid === stats.gid || groups.includes(stats.gid);
  return (stats.mode & (isMember ? X << 3 : X)) !== 0;
}

export function permissions({ mode, uid, gid }: Stats): string {
  return `mode ${(mode & 0o7777).toString(8).padStart(4, '0')}, owner ${uid}, group ${gid}`;
}

/** Quotes text that is empty, or has blanks, quotes or invisible characters. Foreign text must not control a terminal or a log. */
export function show(text: string): string {
  return /[\p{C}\p{Z}'"]/u.test(text) || text === '' ? escapeUnprintable(inspect(text)) : text;
}
