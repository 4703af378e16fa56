/** Replaces `ChildProcess.prototype.spawn`, and recognises functions that another tool has replaced. */
import { ChildProcess } from 'node:child_process';
import type { FunctionName } from './originals.js';
import { type AnyFunction, sourceOf } from './versions.js';

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
export function spawnMethod(): AnyFunction | undefined {
  const method: unknown = Object.getOwnPropertyDescriptor(ChildProcess.prototype, 'spawn')?.value;
  return typeof method === 'function' ? (method as AnyFunction) : undefined;
}

/** Node's own, or the one that a program had put in its place before the library was loaded. */
const methodAtLoad = spawnMethod();
const isNodesMethod: boolean =
  methodAtLoad !== undefined && sourceOf(methodAtLoad).includes('this._handle.spawn(');

/** Whether nothing but this library sees what a child is started with. */
export function isUnwatched(): boolean {
  const current = currentMethod();
  const method = current === override?.method ? override.previous : current;
  return method === methodAtLoad && isNodesMethod;
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
