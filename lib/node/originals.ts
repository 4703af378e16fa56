/** The functions of `node:child_process` as Node made them, and what register() has replaced. */
import { ChildProcess } from 'node:child_process';
import type { LaunchOptions } from '../types.js';
import { nonEnumerable } from '../util/objects.js';

/** What one call of register() wants for every child. */
export interface Defaults {
  readonly options: Omit<LaunchOptions, 'passFds'>;
  readonly passFds: readonly IdentifiedFd[];
}

/** A descriptor, and what it was when it was named: should its number be another's by then, that one is not handed on. */
export interface IdentifiedFd {
  readonly fd: number;
  readonly device: bigint;
  readonly inode: bigint;
}

/**
 * What is registered in this process (or Worker). It hangs on Node's own class, where every copy of this library finds
 * it, whichever version, module cache or vm context it was loaded from: so its shape must not change.
 */
export interface Registration {
  /** What stood in `node:child_process` before. */
  readonly replaced: Partial<NodeFunctions>;
  /** One for each register() that was not undone yet; the last one counts. */
  readonly defaults: Defaults[];
  /** Of the copy that has put its own functions in place: no other knows them. */
  uninstall(): void;
}

const REGISTRATION = Symbol.for('safe-spawn.registration');

export function registration(): Registration | undefined {
  return Reflect.get(ChildProcess, REGISTRATION) as Registration | undefined;
}

export function setRegistration(value: Registration | undefined): void {
  Object.defineProperty(ChildProcess, REGISTRATION, nonEnumerable(value));
}

import childProcess = require('node:child_process');

// biome-ignore lint/suspicious/noExplicitAny: what is passed on is for Node to judge
type AnyFunction = (...parameters: any[]) => unknown;

/** The functions of `node:child_process` that this library has another for. */
export interface NodeFunctions {
  readonly spawn: AnyFunction;
  readonly exec: AnyFunction;
  readonly execFile: AnyFunction;
  readonly fork: AnyFunction;
  readonly spawnSync: AnyFunction;
  readonly execSync: AnyFunction;
  readonly execFileSync: AnyFunction;
}

export type FunctionName = keyof NodeFunctions;

/**
 * As they were when the library was loaded, or before another copy of it put its own in their place: a program may
 * replace them later.
 */
export const originals: NodeFunctions = { ...childProcess, ...registration()?.replaced };
