import { type StdioEntry, wrapOf } from '../node/spawn-request.js';

const PIPE: StdioEntry = { type: 'pipe' };

/** Reads `stdio` as `spawnSync` does. Its pipes have no stream in the parent. Returns undefined if it is invalid. */
export function readSyncStdio(stdio: unknown): StdioEntry[] | undefined {
  const list = typeof stdio === 'string' ? [stdio, stdio, stdio] : stdio;
  if (!Array.isArray(list) || (typeof stdio === 'string' && !SHORTHANDS.has(stdio))) return undefined;
  // Node also appends the missing entries to the caller's array.
  for (let index = list.length; index < 3; index++) list[index] = undefined;
  const entries: StdioEntry[] = [];
  const { length } = list;
  for (let index = 0; index < length; index++) {
    // Node skips holes, so that the following entries move up.
    const entry = index in list ? readEntry(list[index], index) : LEFT_OUT;
    if (entry === undefined) return undefined;
    if (entry !== LEFT_OUT) entries[entries.length] = entry;
  }
  return entries;
}

const SHORTHANDS: ReadonlySet<unknown> = new Set(['ignore', 'inherit', 'overlapped', 'pipe']);

/** The result for a string or a buffer, which Node skips, so that the following entries move up. */
const LEFT_OUT: StdioEntry = { type: 'ignore' };

function readEntry(given: unknown, index: number): StdioEntry | undefined {
  const entry = given ?? (index < 3 ? 'pipe' : 'ignore');
  if (entry === 'ignore') return { type: 'ignore' };
  if (entry === 'pipe' || entry === 'overlapped') return PIPE;
  if (entry === 'inherit') return { type: 'inherit', fd: index };
  if (entry === 'ipc') return undefined;
  if (typeof entry === 'number') return entry < 0 ? PIPE : { type: 'fd', fd: entry };
  return readObject(entry);
}

function readObject(entry: unknown): StdioEntry | undefined {
  if (typeof entry === 'string' || ArrayBuffer.isView(entry)) return LEFT_OUT;
  const { fd, handle, _handle } = entry as { fd?: unknown; handle?: unknown; _handle?: unknown };
  if (typeof fd === 'number') return { type: 'fd', fd };
  return wrapOf(entry) ?? wrapOf(handle) ?? wrapOf(_handle);
}
