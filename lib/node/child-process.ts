/*
 * The private fields of a ChildProcess. Before the first launch, they are compared with those that the constructor of this
 * Node sets. If one differs, safeSpawn throws an error that names it, and starts no child.
 */
import { ChildProcess } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { incompatibleNode } from '../util/errors.js';
import { assertSupportedRuntime } from '../util/runtime.js';
import { spawnMethod } from './spawn-override.js';
import { nativeClassOf } from './spawn-request.js';
import { type AnyFunction, sourceOf } from './versions.js';

const constructed = channel('child_process');

/** The `_handle` of a ChildProcess. */
export interface ProcessHandle {
  readonly pid: number | undefined;
  /** Node also calls it, with only a negative errno, if no child was started. */
  onexit(code: number | null, signal?: NodeJS.Signals | ''): void;
  /** 0 or a negative errno. */
  spawn(...received: unknown[]): number;
  /** 0 or a negative errno. */
  kill(signal: number): number;
  close(): void;
  ref(): void;
  unref(): void;
  hasRef(): boolean;
}

interface Fields {
  _closesNeeded: number;
  _closesGot: number;
  connected: boolean;
  signalCode: NodeJS.Signals | null;
  exitCode: number | null;
  killed: boolean;
  spawnfile: string | null;
  _handle: ProcessHandle | null;
}

type Instance = Omit<ChildProcess, keyof Fields> & Fields;

/** The fields that Node's constructor sets, in its order, since console.log() shows it. The last one is `_handle`. */
const FIELDS = {
  _closesNeeded: 1,
  _closesGot: 0,
  connected: false,
  signalCode: null,
  exitCode: null,
  killed: false,
  spawnfile: null,
} satisfies Omit<Fields, '_handle'>;

/** Returns the same as `new ChildProcess()`, but without a native handle, which Node frees only after it starts a process. */
export function constructChild(handle: ProcessHandle): ChildProcess {
  const child: Instance = Object.create(ChildProcess.prototype);
  Reflect.apply(EventEmitter, child, []);
  Object.assign(child, FIELDS);
  child._handle = handle;
  return child as unknown as ChildProcess;
}

/**
 * Announces a child, as the constructor does at its end, and starts it. Node's own method makes the streams of stdio and then
 * calls `spawn()` of the handle ({@link ProcessHandle}). Tools that follow every child replace that method.
 */
export function startChild(child: ChildProcess, options: object): void {
  if (constructed.hasSubscribers) constructed.publish({ process: child });
  (child as unknown as { spawn: AnyFunction }).spawn(options);
}

export function recordExit(child: ChildProcess, code: number | null, signal: NodeJS.Signals | '' = ''): void {
  const instance = child as unknown as Instance;
  if (signal === '') instance.exitCode = code;
  else instance.signalCode = signal;
}

export function dropHandle(child: ChildProcess): void {
  const instance = child as unknown as Instance;
  instance._handle?.close();
  instance._handle = null;
}

/** Counts the exit among the ends that 'close' waits for. Each stream and the IPC channel count themselves. */
export function countClose(child: ChildProcess): void {
  const instance = child as unknown as Instance;
  instance._closesGot += 1;
  if (instance._closesGot === instance._closesNeeded) {
    child.emit('close', child.exitCode, child.signalCode);
  }
}

/** Drains streams without a reader, so that they end. A stream that became the stdio of another child is left to that child. */
export function drainUnread(child: ChildProcess): void {
  for (const stream of child.stdio ?? []) {
    if (stream && 'resume' in stream && stream.readable && !isUsedAsStdio(stream)) stream.resume();
  }
}

function isUsedAsStdio(stream: object): boolean {
  const mark = findSymbol(stream, 'kIsUsedAsStdio');
  return mark !== undefined && Boolean(Reflect.get(stream, mark));
}

function findSymbol(object: object, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(object).find((symbol) => symbol.description === description);
}

/**
 * Takes Node's own handle, which has not started a process, from a child, and returns the function that Node calls at the
 * exit. Node never frees that handle, so it must not keep the child alive. Returns undefined if the child has another
 * handle, such as one of this library or of another copy of it.
 */
export function takeHandle(child: ChildProcess): AnyFunction | undefined {
  const { _handle: handle } = child as unknown as Instance;
  if (handle === null || nativeClassOf(handle) !== 'Process') return undefined;
  const { onexit } = handle;
  if (typeof onexit !== 'function') throw incompatibleNode('its _handle has no onexit');
  for (const key of Reflect.ownKeys(handle)) Reflect.deleteProperty(handle, key);
  return onexit as AnyFunction;
}

export function giveHandle(child: ChildProcess, handle: ProcessHandle): void {
  (child as unknown as Instance)._handle = handle;
}

let isCompatible = false;

/**
 * Throws if this Node makes a ChildProcess with other fields than those above. After a failure, the next launch checks again,
 * since the program may have undone its change.
 */
export function assertNodeCompatible(): void {
  if (isCompatible) return;
  assertSupportedRuntime();
  const difference = findDifference();
  if (difference !== undefined) throw incompatibleNode(difference);
  isCompatible = true;
}

/** Reads the source of the constructor. A call would show async hooks and diagnostic channels another child. */
function findDifference(): string | undefined {
  const maker: unknown = ChildProcess.prototype.constructor;
  const source = typeof maker === 'function' ? sourceOf(maker as AnyFunction) : '';
  const expected = [
    ...Object.entries(FIELDS).map(([name, value]) => `${name} = ${value};`),
    '_handle = new ',
  ];
  const missing = expected.find((assignment) => !source.includes(assignment));
  if (missing !== undefined) return `its constructor has no "${missing.trim()}"`;
  return spawnMethod() === undefined ? 'its prototype has no method spawn' : undefined;
}
