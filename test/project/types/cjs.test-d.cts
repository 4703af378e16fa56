/** The other door: the same names by require(). */
import type { ChildProcess, ChildProcessWithoutNullStreams } from 'node:child_process';
import type { SafeSpawnOptions } from 'safe-spawn';

import safe = require('safe-spawn');
import ours = require('safe-spawn/child_process');

type Node = typeof import('node:child_process');

const child: ChildProcessWithoutNullStreams = safe.safeSpawn('true', ['one'], { rlimits: { nofile: 64 } });
const options: SafeSpawnOptions = { stdio: 'ignore', rlimits: { core: 0 } };
const other: ChildProcess = safe.safeSpawn('true', options);
const inPlaceOfNodes: Pick<Node, keyof Node & keyof typeof ours> = ours;
const each: Pick<Node, 'spawn' | 'exec' | 'execFile' | 'fork' | 'spawnSync' | 'execSync' | 'execFileSync'> = {
  spawn: safe.safeSpawn,
  exec: safe.safeExec,
  execFile: safe.safeExecFile,
  fork: safe.safeFork,
  spawnSync: safe.safeSpawnSync,
  execSync: safe.safeExecSync,
  execFileSync: safe.safeExecFileSync,
};
const fds: safe.OpenFd[] = safe.openFds(child.pid);
const numbers: number[] = safe.setCloseOnExec();

// @ts-expect-error: no default export
safe.default;

// @ts-expect-error: no such resource
safe.safeSpawn('true', [], { rlimits: { nofiles: 1 } });

// @ts-expect-error: a launch option is not one of Node's
(ours as Pick<Node, 'spawn'>).spawn('true', [], { passFds: [3] });

// @ts-expect-error: text is no list of arguments
ours.spawnSync('true', 'one');

export const used: unknown[] = [other, inPlaceOfNodes, each, fds, numbers, safe.capabilities().supported];
