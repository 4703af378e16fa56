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

/**
 * One object until 24.18 and 26.3, eight values since. Nothing else that Node ever passes is taken for either.
 *
 * Each property is read once, since the object can be anybody's. An empty `cwd` is none here, as in Node.
 */
export function readSpawnRequest(received: unknown[]): SpawnRequest {
  const request = received.length === 1 ? { ...(received[0] as SpawnRequest) } : fromValues(received);
  return request.cwd === '' ? { ...request, cwd: undefined } : request;
}

function fromValues(received: unknown[]): SpawnRequest {
  if (received.length !== 8) throw incompatibleNode(`_handle.spawn() was given ${received.length} arguments`);
  const [file, args, cwd, envPairs, stdio, flags, uid, gid] = received;
  const detached = ((flags as number) & FLAG_DETACHED) !== 0;
  return { file, args, cwd, envPairs, stdio, detached, uid, gid } as SpawnRequest;
}
