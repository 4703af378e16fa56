/** Contenders that are programs: see native/sampler.h for what they are given and print. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { builtProgram } from './native.mjs';
import { reasonOf } from './reason.mjs';
import { Unavailable } from './unavailable.mjs';

const run = promisify(execFile);
const MEGABYTE = 2 ** 20;

/** A program that hangs is killed, and the other contenders go on. */
const DEADLINE = { timeout: 240_000, killSignal: 'SIGKILL' };

/**
 * @param {string[]} command without the arguments that all of them take
 * @param {{ descriptors?: number, memory?: number }} held by the program, memory in bytes
 * @param {{ samples: number, milliseconds: number }} effort
 * @param {'blocked' | 'ended'} which of the times
 * @param {(result: { leaks: number }) => object} factsOf
 */
export function sampler(command, { descriptors = 0, memory = 0 }, effort, which, factsOf = () => ({})) {
  const held = [descriptors, memory / MEGABYTE];
  const programs = [builtProgram('witness'), builtProgram('tiny')];
  const [file, ...args] = [...command, ...held, ...programs, effort.samples, effort.milliseconds].map(String);
  const facts = {};
  return {
    facts,
    batch: true,
    sample: async () => {
      const result = await oneRun(file, args, which);
      Object.assign(facts, factsOf(result));
      return result[which].map((nanoseconds) => nanoseconds / 1000);
    },
  };
}

/** Runs of which one time was taken: who asks for the other gets that of the same launches. */
const halfTaken = new Map();

async function oneRun(file, args, which) {
  const key = JSON.stringify([file, ...args]);
  const earlier = halfTaken.get(key);
  if (earlier !== undefined && earlier.which !== which) return earlier.result;
  const result = await runSampler(file, args);
  halfTaken.set(key, { which, result });
  return result;
}

async function runSampler(file, args) {
  try {
    const { stdout } = await run(file, args, DEADLINE);
    return JSON.parse(stdout);
  } catch (error) {
    const reason = reasonOf(error);
    if (error.code === 'ENOENT') throw new Unavailable(`${file} is not installed`);
    if (/: (No such file or directory|Function not implemented)$/.test(reason)) throw new Unavailable(reason);
    throw new Error(reason);
  }
}
