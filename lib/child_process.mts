/* Name by name: `export *` would add `__esModule`, which Node's module has not. */
export type * from 'node:child_process';
export {
  _forkChild,
  ChildProcess,
  default,
  exec,
  execFile,
  execFileSync,
  execSync,
  fork,
  spawn,
  spawnSync,
} from './child_process.js';
