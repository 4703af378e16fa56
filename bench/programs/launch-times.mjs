/**
 * What native/sampler.c does, for JavaScript: the last six arguments are
 * DESCRIPTORS MEGABYTES WITNESS TARGET SAMPLES MILLISECONDS, and { leaks, blocked, ended } is printed.
 */

import { openSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

const MEGABYTE = 2 ** 20;
const WARM_UP = 10;
const REST = 100;

/**
 * @param {(program: string, onExit: (code: number | null) => void) => PromiseLike<unknown>} start starts a program;
 *   what it returns is fulfilled when all of the program is over, its pipes too
 */
export async function printLaunchTimes(start) {
  const [descriptors, megabytes, witness, target, samples, milliseconds] = process.argv.slice(-6);
  const times = { leaks: undefined, blocked: [], ended: [] };
  hold(Number(descriptors), Number(megabytes));
  await setTimeout(REST);
  times.leaks = (await launch(start, witness)).code;
  const warmUpEnd = performance.now() + Number(milliseconds);
  for (let i = 0; i < WARM_UP && performance.now() < warmUpEnd; i++) await launch(start, target);

  const end = performance.now() + Number(milliseconds);
  while (times.ended.length === 0 || (times.ended.length < Number(samples) && performance.now() < end)) {
    const { code, blocked, ended } = await launch(start, target);
    if (code !== 0) throw new Error(`${target} ended with ${code}`);
    times.blocked.push(nanoseconds(blocked));
    times.ended.push(nanoseconds(ended));
  }
  console.log(JSON.stringify(times));
}

function hold(descriptors, megabytes) {
  for (let i = 0; i < descriptors; i++) openSync('/dev/null');
  globalThis.held = Array.from({ length: megabytes }, () => Buffer.alloc(MEGABYTE, 1));
}

async function launch(start, program) {
  const times = {};
  const begin = performance.now();
  const over = start(program, (code) => {
    if (typeof code !== 'number') throw new Error(`${program} was killed`);
    Object.assign(times, { code, ended: performance.now() - begin });
  });
  times.blocked = performance.now() - begin;
  await over;
  return times;
}

function nanoseconds(milliseconds) {
  return Math.round(milliseconds * 1e6);
}
