/**
 * What does a launch cost afterwards?
 *
 * A fork shares all memory with the child, until one of them writes to it: then the kernel stops the writer, page by
 * page. Measured is the time to write to each page of 2 GB, right after a launch and without one.
 */

import { once } from 'node:events';
import { constants } from 'node:os';
import { performance } from 'node:perf_hooks';
import { hold } from '../runner/hold.mjs';
import { availableMemory } from '../runner/machine.mjs';
import { builtProgram } from '../runner/native.mjs';
import { labels, spawners } from '../runner/spawners.mjs';

const GIGABYTE = 2 ** 30;
const PAGE = 4096;
const SIZE = 2 * GIGABYTE;
const scenario = `${SIZE / GIGABYTE} GB of Buffers`;

let held = [];

export default {
  title: 'writing to all memory right after a launch',
  unit: 'microseconds',
  scenarios: [
    {
      name: scenario,
      ...(availableMemory() < 2 * SIZE + GIGABYTE && { unavailable: 'too little memory is free' }),
    },
  ],
  contenders: { nothing: 'no launch', ...labels },
  reference: 'nothing',
  effort: {
    full: { rounds: 4, samples: 10, milliseconds: 2000 },
    quick: { rounds: 1, samples: 3, milliseconds: 1000 },
  },
  processOf: () => scenario,
  prepare: () => {
    held = hold({ memory: SIZE });
  },
  comparisons: [
    {
      label: 'after safe-spawn : without a launch',
      of: ['ours', scenario],
      to: ['nothing', scenario],
      atMost: 1.02,
    },
    {
      label: 'after child_process : without a launch',
      of: ['childProcess', scenario],
      to: ['nothing', scenario],
    },
  ],
};

export function nothing() {
  return { sample: () => [timeToWrite()] };
}

/** The child lives on meanwhile, as most do. */
export const { childProcess, ours } = spawners(({ spawn }) => ({
  warmUp: 1,
  sample: async () => {
    timeToWrite();
    const child = spawn(builtProgram('idle'), [], { stdio: 'ignore' });
    const taken = timeToWrite();
    child.kill(constants.signals.SIGKILL);
    await once(child, 'exit');
    timeToWrite();
    return [taken];
  },
}));

function timeToWrite() {
  const begin = performance.now();
  for (const block of held) {
    for (let offset = 0; offset < block.length; offset += PAGE) block[offset]++;
  }
  return (performance.now() - begin) * 1000;
}
