/* `node:child_process` with our functions, under its names. */
import * as nodeProcess from 'node:child_process';
import type * as self from './child_process.js';

export type * from 'node:child_process';
export {
  safeExec as exec,
  safeExecFile as execFile,
  safeExecFileSync as execFileSync,
  safeExecSync as execSync,
  safeFork as fork,
  safeSpawn as spawn,
  safeSpawnSync as spawnSync,
} from './index.js';

export const ChildProcess: typeof nodeProcess.ChildProcess = nodeProcess.ChildProcess;
export type ChildProcess = nodeProcess.ChildProcess;

/** With what a forked process sets up its end of the channel. Not documented by Node. */
export const _forkChild: unknown = Reflect.get(nodeProcess, '_forkChild');

/** The module itself: what `import child_process from ...` gives. */
declare const exports: typeof self;
const module_: typeof self = exports;
export default module_;
