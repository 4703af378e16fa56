/* `node:child_process` with our functions, under its names. */
import * as nodeProcess from 'node:child_process';
import type * as self from './child_process.js';

import {
  safeExec,
  safeExecFile,
  safeExecFileSync,
  safeExecSync,
  safeFork,
  safeSpawn,
  safeSpawnSync,
} from './index.js';

export type * from 'node:child_process';

/** Values, as Node's are: a test can put its own in their place, but not in that of what `export from` makes, a getter. */
export const exec: typeof safeExec = safeExec;
export const execFile: typeof safeExecFile = safeExecFile;
export const execFileSync: typeof safeExecFileSync = safeExecFileSync;
export const execSync: typeof safeExecSync = safeExecSync;
export const fork: typeof safeFork = safeFork;
export const spawn: typeof safeSpawn = safeSpawn;
export const spawnSync: typeof safeSpawnSync = safeSpawnSync;

export const ChildProcess: typeof nodeProcess.ChildProcess = nodeProcess.ChildProcess;
export type ChildProcess = nodeProcess.ChildProcess;

/** With what a forked process sets up its end of the channel. Not documented by Node. */
export const _forkChild: unknown = Reflect.get(nodeProcess, '_forkChild');

/** The module itself: what `import child_process from ...` gives. */
declare const exports: typeof self;
const module_: typeof self = exports;
export default module_;
