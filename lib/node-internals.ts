/*
 * The only file that knows Node's private names. Those that a launch uses are looked for in this Node before the first
 * launch. If one has changed, safeSpawn throws an error that says so, and starts nothing.
 */
import { ChildProcess } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { types } from 'node:util';
import { contractBroken } from './errors.js';
import { native, refuseForeignRuntimes } from './native.js';
import { type FunctionName, node, readsReplacedEnvironment } from './node-functions.js';

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

/** What `new ChildProcess()` makes, without its native handle: one that never started a process is never freed. */
export function constructChild(handle: ProcessHandle): ChildProcess {
  const child: Instance = Object.create(ChildProcess.prototype);
  Reflect.apply(EventEmitter, child, []);
  Object.assign(child, FIELDS);
  child._handle = handle;
  return child as unknown as ChildProcess;
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

/** An accessor could give another function each time. */
function spawnMethod(): AnyFunction | undefined {
  const method: unknown = Object.getOwnPropertyDescriptor(ChildProcess.prototype, 'spawn')?.value;
  return typeof method === 'function' ? (method as AnyFunction) : undefined;
}

/** Node's own, or the one that a program had put in its place before the library was loaded. */
const methodAtLoad = spawnMethod();
const isNodesMethod: boolean =
  methodAtLoad !== undefined && sourceOf(methodAtLoad).includes('this._handle.spawn(');

/** Whether nothing but this library sees what a child is started with. */
function isUnwatched(): boolean {
  const current = currentMethod();
  const method = current === override?.method ? override.previous : current;
  return method === methodAtLoad && isNodesMethod;
}

/**
 * Takes Node's own handle, which has not started anything, from a child, and returns what Node calls at the exit. The
 * handle is never freed: so at least it must not keep the child. Undefined if the handle is another, such as one of this
 * library or of another copy of it.
 */
export function takeHandle(child: ChildProcess): AnyFunction | undefined {
  const { _handle: handle } = child as unknown as Instance;
  if (handle === null || nativeClassOf(handle) !== 'Process') return undefined;
  const { onexit } = handle;
  if (typeof onexit !== 'function') throw contractBroken('its _handle has no onexit');
  for (const key of Reflect.ownKeys(handle)) Reflect.deleteProperty(handle, key);
  return onexit as AnyFunction;
}

export function giveHandle(child: ChildProcess, handle: ProcessHandle): void {
  (child as unknown as Instance)._handle = handle;
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

/** The stdio entry for one of Node's native streams and sockets. */
export function wrapOf(value: unknown): StdioEntry | undefined {
  const name = nativeClassOf(value);
  if (name === undefined || !Object.hasOwn(WRAPS, name)) return undefined;
  return { type: 'wrap', handle: value as NativeStream, wrapType: WRAPS[name as keyof typeof WRAPS] };
}

/** The name of the class of one of Node's native objects, whose classes are not exported. */
function nativeClassOf(value: unknown): string | undefined {
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
  if (received.length !== 8) throw contractBroken(`_handle.spawn() was given ${received.length} arguments`);
  const [file, args, cwd, envPairs, stdio, flags, uid, gid] = received;
  const detached = ((flags as number) & FLAG_DETACHED) !== 0;
  return { file, args, cwd, envPairs, stdio, detached, uid, gid } as SpawnRequest;
}

// ---- permission model ----------------------------------------------------------------------------------------

interface Permission {
  has(scope: string, reference?: string): boolean;
}

export function hasPermissionModel(): boolean {
  return 'permission' in process;
}

/** Under --permission-audit what is denied is only reported. That never changes in the life of a process. */
let auditing = false;

/** Throws Node's own ERR_ACCESS_DENIED where Node would. `drop()` can take the permission away at any time. */
export function requirePermission(file: string): void {
  const { permission } = process as unknown as { permission?: Permission };
  if (permission === undefined) return;
  if (auditing) permission.has('child', file);
  else if (!permission.has('child')) {
    // Only Node's native code tells denial from audit. Denied, it throws before it looks at anything. Audited, it finds
    // that this is no directory.
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

let foundEnvironment: NodeJS.ProcessEnv | undefined;

/**
 * The environment of the process or the Worker, which is not `process.env` where a program has replaced that. Undefined
 * as long as nothing else was seen there.
 */
function genuineEnvironment(): NodeJS.ProcessEnv | undefined {
  if (foundEnvironment === undefined && !types.isProxy(process.env) && refusesSymbols(process.env)) {
    foundEnvironment = process.env;
  }
  return foundEnvironment;
}

genuineEnvironment();

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

/** True if the child is to get the environment of this process, and nobody looks at a copy of it. */
export function canInheritEnvironment(): boolean {
  if (process.env !== genuineEnvironment() || hasPermissionModel()) return false;
  return isUnwatched() && !spawnStarts.hasSubscribers;
}

/**
 * A Worker can share the environment of the process, and replace its strings while the addon reads them. Where
 * `internal/worker` was not loaded there is none yet, and Node tells of each that is made later.
 */
let mayHaveWorkers = isWorkerClassLoaded();
if (!mayHaveWorkers) {
  channel('worker_threads').subscribe(() => {
    mayHaveWorkers = true;
  });
}

function isWorkerClassLoaded(): boolean {
  const { moduleLoadList: loaded } = process as { moduleLoadList?: readonly string[] };
  return loaded === undefined || loaded.includes('NativeModule internal/worker');
}

/** Whether what exec gets by itself is what `process.env` says, and no other thread of Node can change it. */
export function isEnvironmentOursAlone(): boolean {
  return !mayHaveWorkers && native().hasPlainEnvironment() && !isPolluted();
}

/** Whether all objects inherit something enumerable, which is a variable to Node. */
function isPolluted(): boolean {
  for (const _ in Object.prototype) return true;
  return false;
}

/** The environment that Node gives to a child in spite of the object in its place; undefined if it gives that object. */
export function environmentBehindReplaced(): NodeJS.ProcessEnv | undefined {
  const genuine = genuineEnvironment();
  if (process.env === genuine || genuine === undefined) return undefined;
  return readsReplacedEnvironment() ? undefined : genuine;
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

let isKnown = false;

/**
 * Throws where this Node makes a ChildProcess of other fields than those above. A failure is looked at again at the next
 * launch: the program may have changed what it had changed.
 */
export function requireKnownNode(): void {
  if (isKnown) return;
  refuseForeignRuntimes();
  const difference = findDifference();
  if (difference !== undefined) throw contractBroken(difference);
  isKnown = true;
}

/** Reads the constructor and does not call it: asynchronous hooks and diagnostic channels would see another child. */
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
