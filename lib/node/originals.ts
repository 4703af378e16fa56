/** The functions of `node:child_process` as Node made them, and what register() has replaced. */
import { ChildProcess } from 'node:child_process';
import type { LaunchOptions } from '../types.js';
import { nonEnumerable } from '../util/objects.js';

/** The defaults that one call of register() sets for every child. */
export interface Defaults {
  readonly options: Omit<LaunchOptions, 'passFds'>;
  readonly passFds: readonly IdentifiedFd[];
}

/** A descriptor and the identity of its file. If the number later refers to another file, it is not passed to children. */
export interface IdentifiedFd {
  readonly fd: number;
  readonly device: bigint;
  readonly inode: bigint;
}

/**
 * State of register() in this process (or Worker). It is a property of Node's class ChildProcess, so that all loaded copies of
 * this library share it. Do not change its shape: older copies read it.
 */
export interface Registration {
  /** The functions of `node:child_process` that register() has replaced. */
  readonly replaced: Partial<NodeFunctions>;
  /** The defaults of each register() that is not undone yet. The last ones are in force. */
  readonly defaults: Defaults[];
  /** Restores Node's functions. Only the copy of the library that has replaced them knows its own. */
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

// biome-ignore lint/suspicious/noExplicitAny: Node validates the arguments
type AnyFunction = (...parameters: any[]) => unknown;

/** The functions of `node:child_process` that this library can replace. */
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
 * Node's functions as they were when the library was loaded, since a program may replace them later. If another copy of the
 * library had replaced them by then, they are the ones from before that.
 */
export const originals: NodeFunctions = { ...childProcess, ...registration()?.replaced };
