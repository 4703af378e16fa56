/** A Worker: changes its environment, and tells what children get of it. */
import { spawnSync } from 'node:child_process';
import { parentPort } from 'node:worker_threads';
import { safeSpawnSync } from 'safe-spawn';

process.env.ADDED = 'in a Worker';
const [ours, node] = [safeSpawnSync, spawnSync].map((run) =>
  run('env', ['-0'], { encoding: 'utf8' }).stdout.split('\0'),
);
parentPort.postMessage({ ours, node });
