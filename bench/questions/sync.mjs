/**
 * How long does a synchronous call take, for a program that ends at once?
 *
 * Both live in one process and take turns. Each timed call follows an untimed one by the same contender: after a fork the
 * parent pays for copy-on-write, and that bill goes to whoever caused it.
 */

import { performance } from 'node:perf_hooks';
import { hold } from '../runner/hold.mjs';
import { availableMemory, hardLimit } from '../runner/machine.mjs';
import { builtProgram } from '../runner/native.mjs';
import { labels, oursToNode, spawners } from '../runner/spawners.mjs';
import { formatCount } from '../runner/table.mjs';

const GIGABYTE = 2 ** 30;
const SPARE_DESCRIPTORS = 200;
const descriptors = Math.min(19_000, hardLimit() - SPARE_DESCRIPTORS);

const scenarios = [
  { name: 'nothing special' },
  { name: `${formatCount(descriptors)} open descriptors`, descriptors },
  {
    name: '2 GB of touched Buffers',
    memory: 2 * GIGABYTE,
    ...(availableMemory() < 3 * GIGABYTE && { unavailable: 'too little memory is free' }),
  },
];

export default {
  title: 'a synchronous call, until it returns',
  unit: 'microseconds',
  scenarios,
  contenders: labels,
  reference: 'childProcess',
  effort: {
    full: { rounds: 3, samples: 40, milliseconds: 1500 },
    quick: { rounds: 1, samples: 10, milliseconds: 300 },
  },
  processOf: ({ name }) => name,
  prepare: (scenario) => {
    globalThis.held = hold(scenario);
  },
  comparisons: scenarios.map(({ name }) => oursToNode(name)),
};

export const { childProcess, ours } = spawners(({ spawnSync }) => ({
  sample: () => {
    timedCall(spawnSync);
    return [timedCall(spawnSync)];
  },
}));

function timedCall(spawnSync) {
  const begin = performance.now();
  const { status, error } = spawnSync(builtProgram('tiny'));
  const taken = performance.now() - begin;
  if (status !== 0) throw error ?? new Error(`the target ended with ${status}`);
  return taken * 1000;
}
