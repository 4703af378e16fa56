import type { FunctionName } from '../node/originals.js';
import { warnOfMisspelt } from '../options/misspelt.js';
import { runExec, runExecFile, type SafeExec, type SafeExecFile, withPromise } from './exec.js';
import { runFork, type SafeFork } from './fork.js';
import { publicFunction } from './public-function.js';
import { runSpawn, type SafeSpawn } from './spawn.js';
import {
  runExecFileSync,
  runExecSync,
  runSpawnSync,
  type SafeExecFileSync,
  type SafeExecSync,
  type SafeSpawnSync,
} from './spawn-sync.js';

export interface InPlace {
  readonly spawn: SafeSpawn;
  readonly exec: SafeExec;
  readonly execFile: SafeExecFile;
  readonly fork: SafeFork;
  readonly spawnSync: SafeSpawnSync;
  readonly execSync: SafeExecSync;
  readonly execFileSync: SafeExecFileSync;
}

/** The functions that replace Node's, for callers that do not know this library. */
export const inPlace: InPlace = {
  spawn: tolerant('spawn', runSpawn),
  exec: withPromise(tolerant('exec', runExec)),
  execFile: withPromise(tolerant('execFile', runExecFile)),
  fork: tolerant('fork', runFork),
  spawnSync: tolerant('spawnSync', runSpawnSync),
  execSync: tolerant('execSync', runExecSync),
  execFileSync: tolerant('execFileSync', runExecFileSync),
};

function tolerant<Launch>(name: FunctionName, launch: (...parameters: never[]) => unknown): Launch {
  return publicFunction(name, name, launch, warnOfMisspelt);
}
