/*
 * The only file that knows Node's private names. Each of them is checked against this Node when the library is
 * loaded; if one has changed, safeSpawn throws an error that says so, and starts nothing.
 */
import { ChildProcess, spawn } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { types } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { contractBroken } from './errors.js';
import { refuseForeignRuntimes } from './native.js';

type AnyFunction = (...parameters: unknown[]) => unknown;

/** As it was when the library was loaded: a program may put something else in its place. */
const nodeSpawn = spawn as AnyFunction;

const constructed = channel('child_process');
const spawnStarts = channel('tracing:child_process.spawn:start');

// ---- a ChildProcess without its constructor ------------------------------------------------------------------

/** What a ChildProcess sees as its `_handle`. */
export interface ProcessHandle {
  readonly pid: number | undefined;
  /** Node calls it too, with a negative errno alone, when nothing was started. */
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

/**
 * What `new ChildProcess()` makes, without its native handle: one that never started a process is never freed.
 * The order of the fields is Node's too, since console.log() shows it.
 */
function makeInstance(handle: ProcessHandle): Instance {
  const child: Instance = Object.create(ChildProcess.prototype);
  Reflect.apply(EventEmitter, child, []);
  child._closesNeeded = 1;
  child._closesGot = 0;
  child.connected = false;
  child.signalCode = null;
  child.exitCode = null;
  child.killed = false;
  child.spawnfile = null;
  child._handle = handle;
  return child;
}

export function constructChild(handle: ProcessHandle): ChildProcess {
  const child = makeInstance(handle) as unknown as ChildProcess;
  Reflect.set(handle, knownNode().owner, child);
  return child;
}

/** The last thing that the constructor does. */
export function announceChild(child: ChildProcess): void {
  if (constructed.hasSubscribers) constructed.publish({ process: child });
}

/** Node's own method, as it was when the library was loaded. Calls the handle's `spawn`. */
export function spawnChild(child: ChildProcess, options: object): void {
  Reflect.apply(knownNode().spawn, child, [options]);
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

/** Counts the exit among the ends that 'close' waits for: each stream and the IPC channel count themselves. */
export function countClose(child: ChildProcess): void {
  const instance = child as unknown as Instance;
  instance._closesGot += 1;
  if (instance._closesGot === instance._closesNeeded) {
    child.emit('close', child.exitCode, child.signalCode);
  }
}

/** Streams that nobody reads are drained, so that they end. One that became another child's stdio is not ours to read. */
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

// ---- what the handle is asked to start -----------------------------------------------------------------------

/** A libuv stream or socket that Node keeps behind a JS object. */
export interface NativeStream {
  /** -1 when it has none. */
  readonly fd: number;
  open(fd: number): number;
  close(): void;
}

export type StdioEntry =
  | { readonly type: 'ignore' }
  | { readonly type: 'pipe' | 'overlapped'; readonly handle: NativeStream }
  | { readonly type: 'inherit' | 'fd'; readonly fd: number }
  | {
      readonly type: 'wrap';
      readonly handle: NativeStream;
      readonly wrapType: 'pipe' | 'tty' | 'tcp' | 'udp';
    };

export interface SpawnRequest {
  readonly file: string;
  readonly args: readonly unknown[];
  readonly cwd: unknown;
  readonly envPairs: readonly unknown[];
  readonly stdio: readonly StdioEntry[];
  readonly detached: boolean;
  readonly uid: number | null | undefined;
  readonly gid: number | null | undefined;
}

const FLAG_DETACHED = 1;

/** One object until 24.18 and 26.3, eight values since. Nothing else that Node ever passes is taken for either. */
export function readSpawnRequest(received: unknown[]): SpawnRequest {
  if (received.length === 1) return received[0] as SpawnRequest;
  if (received.length !== 8) throw contractBroken(`_handle.spawn() was given ${received.length} arguments`);
  const [file, args, cwd, envPairs, stdio, flags, uid, gid] = received;
  const detached = ((flags as number) & FLAG_DETACHED) !== 0;
  return { file, args, cwd, envPairs, stdio, detached, uid, gid } as SpawnRequest;
}

// ---- permission model ----------------------------------------------------------------------------------------

interface Permission {
  has(scope: string, reference?: string): boolean;
}

function hasPermissionModel(): boolean {
  return 'permission' in process;
}

/** Under --permission-audit what is denied is only reported. That never changes in the life of a process. */
let auditing = false;

/** Throws Node's own ERR_ACCESS_DENIED where Node would. `drop()` can take the permission away at any time. */
export function requirePermission(file: string, received: unknown[]): void {
  const { permission } = process as unknown as { permission?: Permission };
  if (permission === undefined) return;
  if (auditing) permission.has('child', file);
  else if (!permission.has('child')) askForPermission(received);
}

/**
 * Only Node's native code tells denial from audit. It checks before it does anything, so a genuine handle is asked
 * to start this program in a directory that can't be one: denied, it throws; audited, the program is not reached.
 */
function askForPermission(received: unknown[]): void {
  const handle = new (knownNode().Process)();
  const nowhere = '/dev/null';
  const ignored = [{ type: 'ignore' }, { type: 'ignore' }, { type: 'ignore' }];
  const [request] = received;
  handle.spawn(
    ...(received.length === 1
      ? [{ ...(request as SpawnRequest), cwd: nowhere, stdio: ignored }]
      : received.with(2, nowhere).with(4, ignored)),
  );
  handle.close();
  auditing = true;
}

// ---- Node's judgement of arguments ---------------------------------------------------------------------------

/** As killSignal, the last thing that `spawn` checks: an error that shows it says that the rest was in order. */
const IMPOSSIBLE_SIGNAL = Symbol('safe-spawn');
/** Refused by ChildProcess.prototype.spawn, in case that a future `spawn` lets such a signal pass. */
const IMPOSSIBLE_STDIO = 1;
/** No program can have this name. */
const IMPOSSIBLE_FILE = '/dev/null/safe-spawn';

/**
 * Throws what `spawn` of this Node throws for these arguments: its errors are not exported, and differ by version.
 * Returns if Node finds nothing wrong. Nothing can be started by this.
 *
 * @param validSignal whether `options.killSignal` is none of the things that are wrong
 */
export function judgeArguments(file: unknown, args: unknown, options: object, validSignal: boolean): void {
  const impossible = { ...options, stdio: IMPOSSIBLE_STDIO };
  try {
    nodeSpawn(file, args, validSignal ? { ...impossible, killSignal: IMPOSSIBLE_SIGNAL } : impossible);
  } catch (error) {
    if (String(error).includes(String(IMPOSSIBLE_SIGNAL))) return;
    throw error;
  }
  throw contractBroken('child_process.spawn() takes what it must refuse');
}

/** Throws what `spawn` throws for something that can't be options. */
export function judgeOptions(options: unknown): never {
  nodeSpawn(IMPOSSIBLE_FILE, [], options);
  throw contractBroken('child_process.spawn() takes what it must refuse');
}

// ---- environment ---------------------------------------------------------------------------------------------

/** In a Worker, and where a program has replaced it, `process.env` is not the environment of the process. */
const genuineEnvironment: NodeJS.ProcessEnv | undefined =
  isMainThread && !types.isProxy(process.env) && refusesSymbols(process.env) ? process.env : undefined;

/** Only the genuine one does. An ordinary object takes the property, and is rid of it at once. */
function refusesSymbols(environment: object): boolean {
  const probe = Symbol('safe-spawn');
  try {
    Reflect.set(environment, probe, '');
    Reflect.deleteProperty(environment, probe);
    return false;
  } catch {
    return true;
  }
}

/** True if the child is to get the strings that exec gets by itself, and nobody looks at a copy of them. */
export function canInheritEnvironment(): boolean {
  if (process.env !== genuineEnvironment || hasPermissionModel()) return false;
  return knownNode().isNodes && !spawnStarts.hasSubscribers;
}

/** Whether Node adds to every environment: where coverage is collected, and what this process is permitted. */
export function addsToEnvironments(): boolean {
  return hasPermissionModel() || Boolean(process.env['NODE_V8_COVERAGE']);
}

/** The environment as this Node would complete it. It writes into the caller's own object: we give it a copy. */
export function completeEnvironment(
  file: unknown,
  args: unknown,
  options: object,
  environment: object,
): object {
  const copy = Object.assign(Object.create(Object.getPrototypeOf(environment)), environment);
  judgeArguments(file, args, { ...options, env: copy }, true);
  return copy;
}

// ---- differences between versions ----------------------------------------------------------------------------

/** The event that stops the `timeout` of a spawn. Before 26 a failed start kept the process alive till its end. */
export const TIMEOUT_ENDS_AT: 'exit' | 'close' = sourceOf(nodeSpawn).includes("once('close'")
  ? 'close'
  : 'exit';

function sourceOf(method: AnyFunction): string {
  return Function.prototype.toString.call(method);
}

// ---- the contract --------------------------------------------------------------------------------------------

interface GenuineHandle extends ProcessHandle {
  onexit: AnyFunction;
}

interface Contract {
  /** Node's ChildProcess.prototype.spawn, or what a program had put in its place before the library was loaded. */
  readonly spawn: AnyFunction;
  readonly isNodes: boolean;
  readonly Process: new () => ProcessHandle;
  readonly owner: symbol;
}

export function requireKnownNode(): void {
  knownNode();
}

function knownNode(): Contract {
  if (typeof contract !== 'string') return contract;
  refuseForeignRuntimes();
  throw contractBroken(contract);
}

function readContract(): Contract | string {
  try {
    return examine(new ChildProcess() as unknown as Fields);
  } catch (error) {
    return `it can't be examined (${error})`;
  }
}

/** The instance is only looked at: its handle has no process, and kill() on it would signal a stranger. */
function examine(genuine: Fields): Contract | string {
  const handle = genuine._handle as GenuineHandle | undefined | null;
  if (!handle) return 'it has no _handle';
  const owner = findSymbol(handle, 'owner_symbol');
  if (owner === undefined || Reflect.get(handle, owner) !== genuine) return 'its _handle has no owner';
  const spawnMethod = Object.getOwnPropertyDescriptor(ChildProcess.prototype, 'spawn')?.value;
  if (typeof spawnMethod !== 'function') return 'its prototype has no method spawn';
  const difference = compareFields(genuine, makeInstance(handle)) ?? compareHandle(handle);
  if (difference !== undefined) return difference;
  return {
    spawn: spawnMethod,
    isNodes: sourceOf(spawnMethod).includes('this._handle.spawn('),
    Process: handle.constructor as new () => ProcessHandle,
    owner,
  };
}

function compareFields(genuine: object, ours: object): string | undefined {
  const theirKeys = Reflect.ownKeys(genuine);
  const ourKeys = Reflect.ownKeys(ours);
  const strangers = theirKeys.filter((key) => !ourKeys.includes(key)).map(String);
  if (strangers.length > 0) return `it has unknown fields (${strangers.join(', ')})`;
  const missing = ourKeys.filter((key) => !theirKeys.includes(key)).map(String);
  if (missing.length > 0) return `it lacks known fields (${missing.join(', ')})`;
  const changed = Object.entries(genuine).filter(([key, value]) => !isSame(value, Reflect.get(ours, key)));
  return changed.length > 0 ? `it has other values in ${changed.map(([key]) => key).join(', ')}` : undefined;
}

/** Of the emitter's own objects each instance has another. */
function isSame(theirs: unknown, ours: unknown): boolean {
  return theirs === ours || (typeof theirs === 'object' && typeof ours === 'object');
}

const HANDLE_FIELDS = 'Symbol(owner_symbol), onexit';
const HANDLE_METHODS = ['spawn', 'kill', 'close', 'ref', 'unref', 'hasRef'] as const;

function compareHandle(handle: GenuineHandle): string | undefined {
  const fields = Reflect.ownKeys(handle).map(String).sort().join(', ');
  if (fields !== HANDLE_FIELDS) return `its _handle has other fields (${fields})`;
  const missing = HANDLE_METHODS.filter((method) => typeof handle[method] !== 'function');
  return missing.length > 0 ? `its _handle lacks methods (${missing.join(', ')})` : undefined;
}

/** What is different from the Node that this file knows, or what it needs of that Node. Last: all above is used. */
const contract: Contract | string = readContract();
