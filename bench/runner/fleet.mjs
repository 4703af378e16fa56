/** A supervisor and the programs that it starts, each of which is native/arrival. */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

/**
 * @param {number} programs how many it starts
 * @param {(folder: string, fifo: string) => string[]} commandOf of a supervisor that says `spawned` on its stdout at the
 *   first, given a folder to write to
 * @returns {Promise<{ milliseconds: number, leaks: number }>} from that word until the last of them runs, and the most
 *   descriptors that one of them was given beside its stdio
 */
export async function startFleet(programs, commandOf) {
  const folder = await mkdtemp(join(tmpdir(), 'safe-spawn-fleet-'));
  try {
    const fifo = join(folder, 'arrivals');
    execFileSync('mkfifo', [fifo]);
    return await timeArrivals(commandOf(folder, fifo), openFifo(fifo), programs);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** For both ends, so that it does not end between two of those who write. */
function openFifo(path) {
  return new Socket({ fd: openSync(path, 'r+') });
}

async function timeArrivals([file, ...args], arrivals, programs) {
  const supervisor = spawn(file, args, { stdio: ['ignore', 'pipe', 2] });
  const end = once(supervisor, 'exit');
  const early = end.then(([code, signal]) => {
    throw new Error(`the supervisor ended too early: ${signal ?? `exit code ${code}`}`);
  });
  try {
    await Promise.race([said('spawned', supervisor.stdout), early]);
    const begin = performance.now();
    const given = await Promise.race([take(programs, arrivals), early]);
    return { milliseconds: performance.now() - begin, leaks: Math.max(...given) };
  } finally {
    supervisor.kill('SIGKILL');
    arrivals.destroy();
    await end;
  }
}

/** Whatever else it says is read, or it would wait. */
function said(word, stream) {
  return new Promise((resolve) => {
    stream.setEncoding('utf8').on('data', (text) => {
      if (text.includes(word)) resolve();
    });
  });
}

function take(count, stream) {
  const bytes = [];
  return new Promise((resolve) => {
    stream.on('data', (chunk) => {
      bytes.push(...chunk);
      if (bytes.length >= count) resolve(bytes);
    });
  });
}
