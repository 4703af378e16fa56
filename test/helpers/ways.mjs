/** Every function that starts a child. */
import { promisify } from 'node:util';
import {
  safeExec,
  safeExecFile,
  safeExecFileSync,
  safeExecSync,
  safeFork,
  safeSpawn,
  safeSpawnSync,
} from 'safe-spawn';
import { probePath } from './native.mjs';

const outputOf = async (child) => (await child.stdout.toArray()).join('');

/** Each starts the probe by a way that takes options; resolves to its report. */
export const WAYS = {
  spawn: ({ spawn }, options) => outputOf(spawn(probePath, [], options)),
  'spawn without arguments': ({ spawn }, options) => outputOf(spawn(probePath, options)),
  exec: async ({ exec }, options) => (await promisify(exec)(`exec ${probePath}`, options)).stdout,
  execFile: async ({ execFile }, options) => (await promisify(execFile)(probePath, [], options)).stdout,
  spawnSync: ({ spawnSync }, options) => spawnSync(probePath, [], { ...options, encoding: 'utf8' }).stdout,
  execSync: ({ execSync }, options) => execSync(`exec ${probePath}`, { ...options, encoding: 'utf8' }),
  execFileSync: ({ execFileSync }, options) => execFileSync(probePath, [], { ...options, encoding: 'utf8' }),
  fork: ({ fork }, options) =>
    outputOf(fork('--', { ...options, execPath: probePath, execArgv: [], silent: true })),
};

export const OURS = {
  spawn: safeSpawn,
  exec: safeExec,
  execFile: safeExecFile,
  spawnSync: safeSpawnSync,
  execSync: safeExecSync,
  execFileSync: safeExecFileSync,
  fork: safeFork,
};
