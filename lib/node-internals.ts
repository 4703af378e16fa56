/*
 * The only file that knows Node's private names. Each of them is checked against this Node when the library is
 * loaded; if one has changed, safeSpawn throws an error that says so, and starts nothing.
 */
import { ChildProcess } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { types } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { contractBroken } from './errors.js';
import { refuseForeignRuntimes } from './native.js';
import { type FunctionName, node } from './node-functions.js';

type AnyFunction = (...parameters: unknown[]) => unknown;

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
  ownHandle(handle, child);
  return child;
}

/** The last thing that the constructor does. */
export function announceChild(child: ChildProcess): void {
  if (constructed.hasSubscribers) constructed.publish({ process: child });
}

/**
 * By Node's own method, which calls the handle's `spawn`; or by what a program has put in its place, as tools do that
 * want to be in every child.
 */
export function spawnChild(child: ChildProcess, options: object): void {
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

// ---- children that others construct, or start -----------------------------------------------------------------

type Adopt = (child: ChildProcess, options: unknown) => { abandon(): void } | undefined;

/** What stands in the place of ChildProcess.prototype.spawn, and what stood there before. */
let override: { readonly method: AnyFunction; readonly previous: AnyFunction } | undefined;

/** From now on each child is shown to `adopt` when it is about to be started. */
export function overrideSpawn(adopt: Adopt): void {
  const previous = currentMethod();
  // Somebody may have wrapped it when it is restored: then it does nothing any more.
  const method = function spawn(this: ChildProcess, ...parameters: unknown[]): unknown {
    const adopted = override?.method === method ? adopt(this, parameters[0]) : undefined;
    try {
      return Reflect.apply(previous, this, parameters);
    } catch (error) {
      adopted?.abandon();
      throw error;
    }
  };
  override = { method, previous };
  Reflect.set(ChildProcess.prototype, 'spawn', method);
}

export function restoreSpawn(): void {
  if (override !== undefined && currentMethod() === override.method) {
    Reflect.set(ChildProcess.prototype, 'spawn', override.previous);
  }
  override = undefined;
}

function currentMethod(): AnyFunction {
  return (ChildProcess.prototype as unknown as { spawn: AnyFunction }).spawn;
}

/** Whether nothing but this library sees what a child is started with. */
function isUnwatched(): boolean {
  const { spawn: method, isNodes } = knownNode();
  const current = currentMethod();
  return isNodes && (current === method || (current === override?.method && override.previous === method));
}

/**
 * Takes Node's own handle, which has not started anything, from a child. It is never freed: so at least it must not
 * keep the child. Undefined if the handle is another, such as one of this library or of another copy of it.
 */
export function takeHandle(child: ChildProcess): GenuineHandle | undefined {
  const { Process, owner } = knownNode();
  const handle = (child as unknown as Instance)._handle;
  if (!(handle instanceof Process)) return undefined;
  const taken = { ...(handle as GenuineHandle) };
  Reflect.deleteProperty(handle, owner);
  Reflect.deleteProperty(handle, 'onexit');
  return taken;
}

export function giveHandle(child: ChildProcess, handle: ProcessHandle): void {
  (child as unknown as Instance)._handle = handle;
  ownHandle(handle, child);
}

function ownHandle(handle: ProcessHandle, child: ChildProcess): void {
  (handle as unknown as Record<symbol, ChildProcess>)[knownNode().owner] = child;
}

/** What the source of each function has in it: if it doesn't, another tool has put its own in its place. */
const SOURCES: Readonly<Record<FunctionName, string>> = {
  spawn: 'normalizeSpawnArguments(',
  exec: 'normalizeExecArgs(',
  execFile: 'normalizeExecFileArgs(',
  fork: 'stdioStringToArray(',
  spawnSync: 'normalizeSpawnArguments(',
  execSync: 'normalizeExecArgs(',
  execFileSync: 'normalizeExecFileArgs(',
};

export function isWrapped(name: FunctionName, current: AnyFunction): boolean {
  return !sourceOf(current).includes(SOURCES[name]);
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
  | { readonly type: 'pipe' | 'overlapped'; readonly handle?: NativeStream }
  | { readonly type: 'inherit' | 'fd'; readonly fd: number }
  | {
      readonly type: 'wrap';
      readonly handle: NativeStream;
      readonly wrapType: 'pipe' | 'tty' | 'tcp' | 'udp';
    };

const WRAPS = { Pipe: 'pipe', TTY: 'tty', TCP: 'tcp', UDP: 'udp' } as const;

/** The stdio entry for one of Node's native streams and sockets, whose classes are not exported. */
export function wrapOf(value: unknown): StdioEntry | undefined {
  const handle = value as (NativeStream & { getAsyncId?: unknown }) | null | undefined;
  if (typeof handle?.getAsyncId !== 'function') return undefined;
  const { name } = handle.constructor;
  if (!Object.hasOwn(WRAPS, name)) return undefined;
  return { type: 'wrap', handle, wrapType: WRAPS[name as keyof typeof WRAPS] };
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

/** The same for a synchronous child, for which Node has another function. */
export function requirePermissionSync(file: string): void {
  const { permission } = process as unknown as { permission?: Permission };
  if (permission === undefined) return;
  if (auditing) permission.has('child', file);
  else if (!permission.has('child')) {
    // Denied, it throws before it looks at anything; audited, it finds that this is no directory.
    node.spawnSync(file, [], { cwd: '/dev/null', stdio: 'ignore' });
    auditing = true;
  }
}

// ---- what only some functions need ---------------------------------------------------------------------------

/** The arguments for a forked Node: those of this one, if no others are given. */
export function forkArguments(execArgv: readonly string[] | undefined): readonly string[] {
  if (execArgv && execArgv !== process.execArgv) return execArgv;
  const { _eval: program } = process as { _eval?: string };
  const index = program === undefined ? -1 : process.execArgv.lastIndexOf(program);
  // Or each child would run the program of `-e` again, and fork another one.
  return index > 0 ? process.execArgv.toSpliced(index - 1, 2) : process.execArgv;
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
  return isUnwatched() && !spawnStarts.hasSubscribers;
}

/** Whether Node adds to every environment: where coverage is collected, and what this process is permitted. */
export function addsToEnvironments(): boolean {
  return hasPermissionModel() || Boolean(process.env['NODE_V8_COVERAGE']);
}

// ---- differences between versions ----------------------------------------------------------------------------

/** The event that stops the `timeout` of a spawn. Before 26 a failed start kept the process alive till its end. */
export const TIMEOUT_ENDS_AT: 'exit' | 'close' = sourceOf(node.spawn).includes("once('close'")
  ? 'close'
  : 'exit';

/** `stdout` and `stderr` of a synchronous child that was not started. */
export const NO_OUTPUT: null | undefined = process.version.startsWith('v20.') ? null : undefined;

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
