import { readFileSync, realpathSync } from 'node:fs';
import { dynamicLinker, firstBytes } from '../native/elf.js';
import {
  type Ids,
  look,
  mayExecute,
  permissions,
  type Reason,
  show,
  whyUnreachable,
} from './explain-path.js';

/** A program that was not executed, as the child has looked for it. */
export interface Program {
  readonly file: string;
  /** Working directory of the child. */
  readonly directory: string;
  /** Where it has searched; undefined where its environment has no PATH. */
  readonly path: string | undefined;
  readonly ids: Ids;
}

/** As execvp(3) has it. */
const DEFAULT_PATH = '/bin:/usr/bin';

/** Why execve(2) has answered `code`. What is found counts only if it is a reason for that. */
export function whyNotExecuted(program: Program, code: string): string | undefined {
  const { file, directory, ids } = program;
  if (!file.includes('/')) return whyNotFound(program, code);
  const reason = whyNoProgram(absolute(directory, file), directory, ids);
  return reason?.code === code ? reason.text : undefined;
}

function whyNotFound({ file, directory, path, ids }: Program, code: string): string | undefined {
  const places = (path ?? DEFAULT_PATH).split(':');
  const candidates = places.map((place) => absolute(directory, place === '' ? file : `${place}/${file}`));
  for (const candidate of candidates) {
    if (look(candidate) === 'ENOENT') continue;
    const reason = whyNoProgram(candidate, directory, ids);
    if (reason?.code === code) return reason.text;
  }
  if (code !== 'ENOENT') return undefined;
  const where = path === undefined ? '/bin or /usr/bin (the child has no PATH)' : `PATH ${shorten(path)}`;
  const hint = /\s/.test(file) ? '; arguments belong in an array, or need the option shell' : '';
  return `${show(file)} is not in ${where}${hint}`;
}

function absolute(directory: string, path: string): string {
  return path.startsWith('/') ? path : `${directory}/${path}`.replaceAll(/\/(?:\.?\/)+/g, '/');
}

const MOST_SHOWN = 500;

function shorten(path: string): string {
  return show(path.length > MOST_SHOWN ? `${path.slice(0, MOST_SHOWN)}...` : path);
}

/** As deep as the kernel follows interpreters that are scripts. */
const MOST_INTERPRETERS = 5;

function whyNoProgram(path: string, directory: string, ids: Ids, depth = 0): Reason | undefined {
  // These name something else in the child.
  if (/^\/(?:proc\/(?:thread-)?self|dev\/(?:fd|std(?:in|out|err)))(?:\/|$)/.test(path)) return undefined;
  const stats = look(path);
  const unreachable = whyUnreachable(path, ids);
  if (unreachable !== undefined || typeof stats === 'string') return unreachable;
  if (!stats.isFile()) return { code: 'EACCES', text: `${show(path)} is ${kindOf(stats)}, not a program` };
  if (!mayExecute(stats, ids)) {
    const text = `${show(path)} is not executable by uid ${ids.uid} (${permissions(stats)})`;
    return { code: 'EACCES', text };
  }
  const mount = noexecMount(path);
  if (mount !== undefined)
    return { code: 'EACCES', text: `${show(path)} is on ${show(mount)}, which is mounted noexec` };
  return depth < MOST_INTERPRETERS ? whyNoInterpreter(path, directory, ids, depth) : undefined;
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
  const interpreter = interpreterOf(head);
  const linker = dynamicLinker(path);
  const whyNot = (role: string, file: string, hint: string): Reason | undefined => {
    const found = whyNoProgram(absolute(directory, file), directory, ids, depth + 1);
    if (found === undefined) return undefined;
    const isMissing = look(absolute(directory, file)) === 'ENOENT' && found.text.endsWith('does not exist');
    const why = isMissing ? 'does not exist' : `can't be executed: ${found.text}`;
    return { code: found.code, text: `the ${role} of ${show(path)}, ${show(file)}, ${why}${hint}` };
  };
  if (interpreter !== undefined) {
    const hint = interpreter.endsWith('\r') ? ' (the first line ends with CR LF)' : '';
    return whyNot('interpreter', interpreter, hint);
  }
  if (linker !== undefined) {
    return whyNot('dynamic linker', linker, '');
  }
  if (head.subarray(0, 4).toString('latin1') === '\x7fELF') return undefined;
  const shell = whyNoProgram('/bin/sh', directory, ids, MOST_INTERPRETERS);
  return shell && { code: shell.code, text: `${show(path)} is run by /bin/sh: ${shell.text}` };
}

/** As much of a script as the kernel looks at. */
const SCRIPT_HEAD = 256;

/** The program that a script names in its first line. Only blanks end its name, not a carriage return. */
function interpreterOf(head: Buffer): string | undefined {
  const text = head.subarray(0, SCRIPT_HEAD).toString();
  return /^#![ \t]*([^ \t\n\0]+)/.exec(text)?.[1];
}

// ---- mounts ----------------------------------------------------------------------------------------------------

/** The mount point that a file is on, if nothing may be executed there: proc_pid_mountinfo(5). */
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
