/* `node:child_process` with our functions, under its names. */
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

/** From the instance of the library that `safe-spawn` leads to: importing the file would load a second one. */
const inPlace = Reflect.get(register, Symbol.for('safe-spawn.in-place')) as InPlace;

/** Values, as Node's are: a test can put its own in their place, but not in that of what `export from` makes, a getter. */
export const exec: SafeExec = inPlace.exec;
export const execFile: SafeExecFile = inPlace.execFile;
export const execFileSync: SafeExecFileSync = inPlace.execFileSync;
export const execSync: SafeExecSync = inPlace.execSync;
export const fork: SafeFork = inPlace.fork;
export const spawn: SafeSpawn = inPlace.spawn;
export const spawnSync: SafeSpawnSync = inPlace.spawnSync;

export const ChildProcess: typeof nodeProcess.ChildProcess = nodeProcess.ChildProcess;
export type ChildProcess = nodeProcess.ChildProcess;

/** With what a forked process sets up its end of the channel. Not documented by Node. */
export const _forkChild: unknown = Reflect.get(nodeProcess, '_forkChild');

/** The module itself: what `import child_process from ...` gives. */
declare const exports: typeof self;
const module_: typeof self = exports;
export default module_;
