/* This module exports the functions of this library under the names of `node:child_process`. */
import nodeProcess = require('node:child_process');

import type * as self from './child_process.js';
import {
  register,
  type SafeExec,
  type SafeExecFile,
  type SafeExecFileSync,
  type SafeExecSync,
  type SafeFork,
  type SafeSpawn,
  type SafeSpawnSync,
} from './index.js';
import type { InPlace } from './methods/drop-in.js';

export type * from 'node:child_process';

/** Takes the functions from the instance that `safe-spawn` exports. An import of their files would load a second one. */
const inPlace = Reflect.get(register, Symbol.for('safe-spawn.in-place')) as InPlace;

/** These are values, as in Node, so that a test can replace them. `export from` would define getters. */
export const exec: SafeExec = inPlace.exec;
export const execFile: SafeExecFile = inPlace.execFile;
export const execFileSync: SafeExecFileSync = inPlace.execFileSync;
export const execSync: SafeExecSync = inPlace.execSync;
export const fork: SafeFork = inPlace.fork;
export const spawn: SafeSpawn = inPlace.spawn;
export const spawnSync: SafeSpawnSync = inPlace.spawnSync;

export const ChildProcess: typeof nodeProcess.ChildProcess = nodeProcess.ChildProcess;
export type ChildProcess = nodeProcess.ChildProcess;

/** A forked process sets up its end of the IPC channel with this function. Node does not document it. */
export const _forkChild: unknown = Reflect.get(nodeProcess, '_forkChild');

/** The module itself is the default export, as in `import child_process from 'node:child_process'`. */
declare const exports: typeof self;
const module_: typeof self = exports;
export default module_;
