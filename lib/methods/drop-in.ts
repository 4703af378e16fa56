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

/** Replacements for Node's functions, for callers that don't know this library. They only warn of a misspelt option. */
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
