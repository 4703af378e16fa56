/** The other door: the same names by require(). */
import type { ChildProcess, ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { SafeSpawnOptions } from 'safe-spawn';

import safe = require('safe-spawn');

const child: ChildProcessWithoutNullStreams = safe.safeSpawn('true', ['one'], { rlimits: { nofile: 64 } });
const options: SafeSpawnOptions = { stdio: 'ignore', rlimits: { core: 0 } };
const other: ChildProcess = safe.safeSpawn('true', options);
const inPlaceOfSpawn: typeof spawn = safe.safeSpawn;
const fds: safe.OpenFd[] = safe.openFds(child.pid);
const numbers: number[] = safe.sealFds();

// @ts-expect-error: no default export
safe.default;

// @ts-expect-error: no such resource
safe.safeSpawn('true', [], { rlimits: { nofiles: 1 } });

export const used: unknown[] = [other, inPlaceOfSpawn, fds, numbers, safe.capabilities().supported];
