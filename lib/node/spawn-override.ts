/** Replaces `ChildProcess.prototype.spawn`, and recognises functions that another tool has replaced. */
import { ChildProcess } from 'node:child_process';
import type { FunctionName } from './originals.js';
import { type AnyFunction, sourceOf } from './versions.js';

type Adopt = (child: ChildProcess, options: unknown) => { abandon(): void } | undefined;

/** The method that replaces ChildProcess.prototype.spawn, and the method that it replaces. */
let override: { readonly method: AnyFunction; readonly previous: AnyFunction } | undefined;

/** Calls `adopt` with each child that is about to be started, from now on. */
export function overrideSpawn(adopt: Adopt): void {
  const previous = currentMethod();
  // If another tool has wrapped this method, it can't be removed. It does nothing after it is restored.
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

/** Reads a method, unless it is an accessor, which could return another function each time. */
export function spawnMethod(): AnyFunction | undefined {
  const method: unknown = Object.getOwnPropertyDescriptor(ChildProcess.prototype, 'spawn')?.value;
  return typeof method === 'function' ? (method as AnyFunction) : undefined;
}

/** The method spawn() of Node, or of a program that replaced it before the library was loaded. */
const methodAtLoad = spawnMethod();
const isNodesMethod: boolean =
  methodAtLoad !== undefined && sourceOf(methodAtLoad).includes('this._handle.spawn(');

/** Returns whether only this library sees the arguments with which a child is started. */
export function isUnwatched(): boolean {
  const current = currentMethod();
  const method = current === override?.method ? override.previous : current;
  return method === methodAtLoad && isNodesMethod;
}

/** Text in the source of each of Node's functions. A function without it is a replacement of another tool. */
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
