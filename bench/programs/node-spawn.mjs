/**
 * node-spawn.mjs MODULE FUNCTION WITNESS TARGET SAMPLES MILLISECONDS
 *
 * Times a spawn by Node, from the call to the 'exit' event. Prints what bench/native/sampler.c prints.
 */

import { once } from 'node:events';
import { performance } from 'node:perf_hooks';

const WARM_UP = 10;

const [moduleName, functionName, witness, target, samples, milliseconds] = process.argv.slice(2);
const { [functionName]: spawn } = await import(moduleName);

async function start(program) {
  const child = spawn(program, [], { stdio: 'inherit' });
  const [code, signal] = await once(child, 'exit');
  if (code === null) throw new Error(`${program} was killed by ${signal}`);
  return code;
}

async function timedStart() {
  const begin = performance.now();
  const status = await start(target);
  const taken = performance.now() - begin;
  if (status !== 0) throw new Error(`${target} ended with ${status}`);
  return Math.round(taken * 1e6);
}

async function sample() {
  const leaks = await start(witness);
  for (let i = 0; i < WARM_UP; i++) await start(target);

  const nanoseconds = [];
  const end = performance.now() + Number(milliseconds);
  while (nanoseconds.length === 0 || (nanoseconds.length < Number(samples) && performance.now() < end)) {
    nanoseconds.push(await timedStart());
  }
  return { leaks, nanoseconds };
}

console.log(JSON.stringify(await sample()));
