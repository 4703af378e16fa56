/** The arguments that Node passes to `_handle.spawn()`, and its native streams. */
import { incompatibleNode } from '../util/errors.js';

/** A libuv stream or socket that Node keeps behind a JS object. */
export interface NativeStream {
  /** The file descriptor, or -1 if there is none. */
  readonly fd: number;
  open(fd: number): number;
  close(): void;
}

export type StdioEntry =
  | { readonly type: 'ignore' }
  | { readonly type: 'pipe' | 'overlapped'; readonly handle?: NativeStream }
  | { readonly type: 'inherit' | 'fd'; readonly fd: number }
  | {
      readonly type: 'wrap';
      readonly handle: NativeStream;
      readonly wrapType: 'pipe' | 'tty' | 'tcp' | 'udp';
    };

const WRAPS = { Pipe: 'pipe', TTY: 'tty', TCP: 'tcp', UDP: 'udp' } as const;

/** Returns the stdio entry for one of Node's native streams or sockets. */
export function wrapOf(value: unknown): StdioEntry | undefined {
  const name = nativeClassOf(value);
  if (name === undefined || !Object.hasOwn(WRAPS, name)) return undefined;
  return { type: 'wrap', handle: value as NativeStream, wrapType: WRAPS[name as keyof typeof WRAPS] };
}

/** Returns the class name of one of Node's native objects. Node does not export the classes. */
export function nativeClassOf(value: unknown): string | undefined {
  const object = value as { getAsyncId?: unknown } | null | undefined;
  return typeof object?.getAsyncId === 'function' ? object.constructor.name : undefined;
}

export interface SpawnRequest {
  readonly file: string;
  /** Absent, like `envPairs`, if a program calls `ChildProcess.prototype.spawn()` directly and leaves it out. */
  readonly args?: readonly unknown[] | undefined;
  readonly cwd: unknown;
  readonly envPairs?: readonly unknown[] | undefined;
  readonly stdio: readonly StdioEntry[];
  readonly detached: boolean;
  readonly uid: number | null | undefined;
  readonly gid: number | null | undefined;
}

const FLAG_DETACHED = 1;

/** This is read at load, since a program may replace it later. */
const { hasOwn } = Object;

/**
 * Reads the arguments that Node passes: one object before 24.19 and 26.4, and eight values since. Throws for any other form.
 *
 * It reads each property once, since a getter or a proxy can be behind it. An empty `cwd` means none, as in Node.
 */
export function readSpawnRequest(received: unknown[]): SpawnRequest {
  return received.length === 1 ? fromObject(received[0] as SpawnRequest) : fromValues(received);
}

function fromObject(given: SpawnRequest): SpawnRequest {
  return {
    file: property(given, 'file'),
    args: property(given, 'args'),
    cwd: property(given, 'cwd') || undefined,
    envPairs: property(given, 'envPairs'),
    stdio: property(given, 'stdio'),
    detached: property(given, 'detached'),
    uid: property(given, 'uid'),
    gid: property(given, 'gid'),
  } as SpawnRequest;
}

/** Reads own properties only. A program may have put others on Object.prototype. */
function property<Name extends keyof SpawnRequest>(
  given: SpawnRequest,
  name: Name,
): SpawnRequest[Name] | undefined {
  return name in Object.prototype && !hasOwn(given, name) ? undefined : given[name];
}

function fromValues(received: unknown[]): SpawnRequest {
  if (received.length !== 8) throw incompatibleNode(`_handle.spawn() was given ${received.length} arguments`);
  const { 0: file, 1: args, 2: cwd, 3: envPairs, 4: stdio, 5: flags, 6: uid, 7: gid } = received;
  const detached = ((flags as number) & FLAG_DETACHED) !== 0;
  return { file, args, cwd: cwd || undefined, envPairs, stdio, detached, uid, gid } as SpawnRequest;
}
