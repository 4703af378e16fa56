/** Counts the wait calls that a process makes for each child that ends, while others live. */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const exits = fileURLToPath(new URL('../programs/exits.mjs', import.meta.url));
const CALLS = '/^(wait4|waitid|access|faccessat2?)$';

/**
 * @param {number} live children that live on
 * @param {number} ends of others, one after another
 * @param {[string, string]} spawner a module and the name of its function
 * @returns {Promise<number | undefined>} calls for each end, undefined where strace is not installed
 */
export async function countWaits(live, ends, spawner) {
  const trace = await traceOf([process.execPath, exits, String(live), String(ends), ...spawner]);
  return trace === undefined ? undefined : waitsBetweenMarks(trace) / ends;
}

async function traceOf(command) {
  const directory = await mkdtemp(join(tmpdir(), 'safe-spawn-waits-'));
  const file = join(directory, 'trace');
  try {
    await run('strace', ['-f', '-qq', '-e', `trace=${CALLS}`, '-e', 'signal=none', '-o', file, ...command]);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** A call that is interrupted in the trace has two lines, of which the second says `resumed`. */
function waitsBetweenMarks(trace) {
  const [, between, rest] = trace.split(/\/mark-in-the-trace\/(?:begin|end)/);
  if (rest === undefined) throw new Error('the trace lacks the marks');
  return between.split('\n').filter((line) => /\b(wait4|waitid)\(/.test(line)).length;
}
