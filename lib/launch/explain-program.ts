import { fstatSync, readFileSync, realpathSync } from 'node:fs';
import { dynamicLinker, firstBytes } from '../native/elf.js';
import { fdInfo, fdNumbers, readFlags } from '../util/procfs-fds.js';
import {
  absolute,
  type Ids,
  isListed,
  look,
  mayExecute,
  permissions,
  type Reason,
  show,
  whyDangling,
  whyUnreachable,
} from './explain-path.js';

/** A program that the child failed to execute, and the context in which it looked for the program. */
export interface Program {
  readonly file: string;
  /** Working directory of the child, or '' if it is not known. */
  readonly directory: string;
  /** PATH of the child; undefined if its environment has none. */
  readonly path: string | undefined;
  readonly ids: Ids;
}

/** The search path without PATH (execvp(3)). */
const DEFAULT_PATH = '/bin:/usr/bin';

/** Explains why execve(2) failed with `code`. A reason that has another code does not count. */
export function whyNotExecuted(program: Program, code: string): string | undefined {
  const { file, directory } = program;
  if (!file.includes('/')) return whyNotFound(program, code);
  return whyRefused(absolute(directory, file), program, code);
}

function whyNotFound(program: Program, code: string): string | undefined {
  const { file, directory, path } = program;
  const places = (path ?? DEFAULT_PATH).split(':');
  for (const place of places) {
    const candidate = absolute(directory, place === '' ? file : `${place}/${file}`);
    const text = isListed(candidate) ? whyRefused(candidate, program, code) : undefined;
    if (text !== undefined) return text;
  }
  if (code !== 'ENOENT') return undefined;
  const where = path === undefined ? '/bin or /usr/bin (the child has no PATH)' : `PATH ${shorten(path)}`;
  const dangling = places.map((place) => whyDangling(absolute(directory, place)));
  const hints = /\s/.test(file)
    ? [...dangling, 'arguments belong in an array, or need the option shell']
    : dangling;
  return [`${show(file)} is not in ${where}`, ...hints.filter((hint) => hint !== undefined)].join('; ');
}

function whyRefused(path: string, { directory, ids }: Program, code: string): string | undefined {
  const reason = whyNoProgram(path, directory, ids);
  if (reason?.code === code) return reason.text;
  if (reason !== undefined) return undefined;
  if (code === 'ETXTBSY') return whyBusy(executedFiles(path, directory));
  return code === 'EACCES' ? whyForeign(path, ids) : undefined;
}

/** Explains EACCES below /proc/PID/cwd, exe, fd or root. The kernel lets only root and the user of the process follow these links. */
function whyForeign(path: string, { uid }: Ids): string | undefined {
  const [link] = /^\/proc\/\d+\/(?:cwd|exe|fd\/\d+|root)(?=\/|$)/.exec(path) ?? [];
  if (link === undefined || uid === 0) return undefined;
  return `${link} leads into a process that uid ${uid} may not look into`;
}

const MOST_SHOWN = 500;

function shorten(path: string): string {
  return show(path.length > MOST_SHOWN ? `${path.slice(0, MOST_SHOWN)}...` : path);
}

/** The number of interpreters that the kernel follows, one from the other. */
const MOST_INTERPRETERS = 5;

const TOO_MANY: Reason = { code: 'ELOOP', text: 'too many interpreters' };

function whyNoProgram(path: string, directory: string, ids: Ids, depth = 0): Reason | undefined {
  const reason = whyClosed(path);
  if (reason !== undefined || namesOther(path)) return reason;
  const unopened = whyNotOpened(path, ids);
  if (unopened !== undefined) return unopened;
  return depth > MOST_INTERPRETERS ? TOO_MANY : whyNoInterpreter(path, directory, ids, depth);
}

/** Returns whether a path names another file in the child. */
function namesOther(path: string): boolean {
  return /^\/(?:proc\/(?:thread-)?self|dev\/(?:fd|std(?:in|out|err)))(?:\/|$)/.test(path);
}

/** Explains that a path goes through a descriptor that is not open. The child resolves it in this process. */
function whyClosed(path: string): Reason | undefined {
  const [, fd] = /^\/(?:proc\/(?:thread-)?self|dev)\/fd\/(\d+)(?:\/|$)/.exec(path) ?? [];
  if (fd === undefined || look(`/proc/self/fd/${fd}`) !== 'ENOENT' || isListed(`/proc/self/fd/${fd}`))
    return undefined;
  return { code: 'ENOENT', text: `descriptor ${fd} of this process is not open` };
}

/** Explains why the kernel can't open a file to execute it, apart from its contents. */
function whyNotOpened(path: string, ids: Ids): Reason | undefined {
  const stats = look(path);
  const unreachable = whyUnreachable(path, ids);
  if (unreachable !== undefined || typeof stats === 'string') return unreachable;
  if (!stats.isFile()) return { code: 'EACCES', text: `${show(path)} is ${kindOf(stats)}, not a program` };
  if (!mayExecute(stats, ids)) {
    const text = `${show(path)} is not executable by uid ${ids.uid} (${permissions(stats)})`;
    return { code: 'EACCES', text };
  }
  const mount = noexecMount(path);
  if (mount === undefined) return undefined;
  return { code: 'EACCES', text: `${show(path)} is on ${show(mount)}, which is mounted noexec` };
}

function kindOf(stats: Exclude<ReturnType<typeof look>, string>): string {
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a FIFO';
  return stats.isSocket() ? 'a socket' : 'a device';
}

// ---- what executes the file ------------------------------------------------------------------------------------

function whyNoInterpreter(path: string, directory: string, ids: Ids, depth: number): Reason | undefined {
  const head = firstBytes(path);
  if (head === undefined) return undefined;
  if (isElf(head)) return whyNoLinker(path, head, directory, ids);
  const name = interpreterOf(head);
  if (name === '') return { code: 'EACCES', text: `${show(path)} names no interpreter after #!` };
  if (name === undefined) {
    const shell = whyNotOpened('/bin/sh', ids);
    return shell && { code: shell.code, text: `${show(path)} is run by /bin/sh: ${shell.text}` };
  }
  const file = absolute(directory, name);
  const found = whyNoProgram(file, directory, ids, depth + 1);
  if (found === TOO_MANY) return depth === 0 ? whyTooMany(path, name, file) : TOO_MANY;
  const hint = name.endsWith('\r') ? ' (the first line ends with CR LF)' : '';
  return found && toldOf(`the interpreter of ${show(path)}, ${show(name)},`, file, found, hint);
}

function whyNoLinker(path: string, head: Buffer, directory: string, ids: Ids): Reason | undefined {
  const name = dynamicLinker(path);
  if (name === undefined) return undefined;
  const file = absolute(directory, name);
  const what = `the dynamic linker of ${show(path)}, ${show(name)},`;
  const found = whyNotOpened(file, ids);
  if (found !== undefined) return toldOf(what, file, found);
  const linker = firstBytes(file);
  if (linker === undefined || (isElf(linker) && machineOf(linker).equals(machineOf(head)))) return undefined;
  const code = linker.length < ELF_HEADER ? 'EIO' : 'ELIBBAD';
  return { code, text: `${what} is not an ELF file for the same machine` };
}

function toldOf(what: string, file: string, { code, text }: Reason, hint = ''): Reason {
  const isMissing = look(file) === 'ENOENT' && text.endsWith('does not exist');
  return { code, text: `${what} ${isMissing ? 'does not exist' : `can't be executed: ${text}`}${hint}` };
}

function whyTooMany(path: string, name: string, file: string): Reason {
  const text = isSameFile(look(path), look(file))
    ? `${show(path)} is its own interpreter`
    : `the interpreter of ${show(path)}, ${show(name)}, leads to more than ${MOST_INTERPRETERS} interpreters`;
  return { code: TOO_MANY.code, text };
}

function isSameFile(one: ReturnType<typeof look>, other: ReturnType<typeof look>): boolean {
  if (typeof one === 'string' || typeof other === 'string') return false;
  return one.ino === other.ino && one.dev === other.dev;
}

/** The number of bytes that the kernel reads before it looks for a dynamic linker. */
const ELF_HEADER = 64;

function isElf(head: Buffer): boolean {
  return head.subarray(0, 4).toString('latin1') === '\x7fELF';
}

/** The field `e_machine` of elf(5). */
function machineOf(head: Buffer): Buffer {
  return head.subarray(18, 20);
}

/** The number of bytes that the kernel reads of a script's first line. */
const SCRIPT_HEAD = 256;

/**
 * Returns the interpreter in the first line of a script. Only blanks end its name; a carriage return is part of it. Returns ''
 * if the file ends before a name; the kernel then opens its working directory.
 */
function interpreterOf(head: Buffer): string | undefined {
  const text = head.subarray(0, SCRIPT_HEAD).toString();
  if (/^#![ \t]*$/.test(text)) return '';
  return /^#![ \t]*([^ \t\n\0]+)/.exec(text)?.[1];
}

// ---- files that are open for writing ---------------------------------------------------------------------------

/** Returns a script and its interpreters, which the kernel also opens. */
function executedFiles(path: string, directory: string, depth = 0): string[] {
  const head = firstBytes(path);
  const name = head && interpreterOf(head);
  if (!name || depth > MOST_INTERPRETERS) return [path];
  return [path, ...executedFiles(absolute(directory, name), directory, depth + 1)];
}

/** Names the busy file if this process has it open for writing. It does not search other processes. */
function whyBusy(files: readonly string[]): string {
  const [path = ''] = files;
  const busy = files.find(isOpenForWriting) ?? (files.length === 1 ? path : undefined);
  if (busy === undefined) return `${files.map(show).join(' or its interpreter ')} is open for writing`;
  return busy === path
    ? `${show(path)} is open for writing`
    : `the interpreter of ${show(path)}, ${show(busy)}, is open for writing`;
}

function isOpenForWriting(path: string): boolean {
  return fdNumbers('/proc/self').some((fd) => {
    try {
      return /w/.test(readFlags(fdInfo('/proc/self', fd)).access) && isSameFile(fstatSync(fd), look(path));
    } catch {
      // The descriptor that read the list is closed by now.
      return false;
    }
  });
}

// ---- mounts ----------------------------------------------------------------------------------------------------

/** Returns the mount point of a file if it is mounted noexec (proc_pid_mountinfo(5)). */
function noexecMount(path: string): string | undefined {
  const real = realpathSync(path);
  let found: { readonly point: string; readonly options: readonly string[] } | undefined;
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').split('\n')) {
    const [, , , , escaped = '', options = ''] = line.split(' ');
    const point = escaped.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
    const isAbove = point === '/' || real === point || real.startsWith(`${point}/`);
    // A later mount at the same point covers an earlier one.
    if (isAbove && point.length >= (found?.point.length ?? 0)) found = { point, options: options.split(',') };
  }
  return found?.options.includes('noexec') ? found.point : undefined;
}
