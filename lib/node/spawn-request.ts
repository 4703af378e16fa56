/** The arguments that Node passes to `_handle.spawn()`, and its native streams. */
import { incompatibleNode } from '../util/errors.js';

/** A libuv stream or socket that Node keeps behind a JS object. */
export interface NativeStream {
  /** -1 when it has none. */
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

/** The stdio entry for one of Node's native streams and sockets. */
export function wrapOf(value: unknown): StdioEntry | undefined {
  const name = nativeClassOf(value);
  if (name === undefined || !Object.hasOwn(WRAPS, name)) return undefined;
  return { type: 'wrap', handle: value as NativeStream, wrapType: WRAPS[name as keyof typeof WRAPS] };
}

/** The name of the class of one of Node's native objects, whose classes are not exported. */
export function nativeClassOf(value: unknown): string | undefined {
  const object = value as { getAsyncId?: unknown } | null | undefined;
  return typeof object?.getAsyncId === 'function' ? object.constructor.name : undefined;
}

export interface SpawnRequest {
  readonly file: string;
  /** Missing, as the environment may be, where somebody calls the method of a ChildProcess himself. */
  readonly args?: readonly unknown[] | undefined;
  readonly cwd: unknown;
  readonly envPairs?: readonly unknown[] | undefined;
  readonly stdio: readonly StdioEntry[];
  readonly detached: boolean;
  readonly uid: number | null | undefined;
  readonly gid: number | null | undefined;
}

const FLAG_DETACHED = 1;

/** Taken at load: a program may replace it later. */
const { hasOwn } = Object;

/**
 * Reads what Node passes: one object until 24.18 and 26.3, eight values since. Throws if it is neither.
 *
 * Each property is read once, since any object can be behind it. An empty `cwd` means none, as in Node.
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

/** Ignores what a program has put on the prototype of all objects, which is meant for no child. */
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
