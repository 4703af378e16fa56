/**
 * For how long does a launch block the thread that asks for it?
 *
 * Both contenders live in one process and take turns, spawn by spawn. Each timed launch follows an untimed one by the
 * same contender: after a fork the parent pays for copy-on-write, and that bill goes to whoever caused it.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { importLibrary } from '../runner/library.mjs';
import { availableMemory, hardLimit } from '../runner/machine.mjs';
import { builtProgram } from '../runner/native.mjs';

const GIGABYTE = 2 ** 30;
const DESCRIPTORS = 19_000;
const MEMORY = 2 * GIGABYTE;

/** Left for the runtime below the hard limit, and for the rest of the machine beside the Buffers. */
const SPARE_DESCRIPTORS = 200;
const SPARE_MEMORY = GIGABYTE;

const descriptors = Math.min(DESCRIPTORS, hardLimit() - SPARE_DESCRIPTORS);

const parents = [
  { parent: 'nothing special', descriptors: 0, memory: 0 },
  {
    parent: `${descriptors.toLocaleString('en-US')} open descriptors`,
    descriptors,
    memory: 0,
    ...(descriptors < DESCRIPTORS && { note: 'as many as the hard limit allows' }),
  },
  {
    parent: `${MEMORY / GIGABYTE} GB of touched Buffers`,
    descriptors: 0,
    memory: MEMORY,
    ...(availableMemory() < MEMORY + SPARE_MEMORY && { unavailable: 'too little memory is free' }),
  },
];

const [nothing, manyDescriptors, muchMemory] = parents.map(({ parent }) => parent);

function nameOf(parent, stdio) {
  return `${parent}, stdio '${stdio}'`;
}

export default {
  title: 'for how long a launch blocks the calling thread',
  unit: 'microseconds',
  scenarios: parents.flatMap((parent) =>
    ['ignore', 'pipe'].map((stdio) => ({ ...parent, stdio, name: nameOf(parent.parent, stdio) })),
  ),
  contenders: { childProcess: 'child_process.spawn', ours: 'safeSpawn' },
  reference: 'childProcess',
  effort: {
    full: { rounds: 7, samples: 60, milliseconds: 1500 },
    quick: { rounds: 1, samples: 20, milliseconds: 500 },
  },
  processOf: ({ parent }) => parent,
  prepare: becomeTheParent,
  comparisons: ['ignore', 'pipe'].flatMap((stdio) => [
    oursToChildProcess(nothing, stdio, 0.4),
    oursToChildProcess(manyDescriptors, stdio, 0.2),
    oursToChildProcess(muchMemory, stdio, 0.02),
    flatness(manyDescriptors, stdio),
    flatness(muchMemory, stdio),
  ]),
};

function oursToChildProcess(parent, stdio, atMost) {
  const scenario = nameOf(parent, stdio);
  return {
    label: `safeSpawn : child_process.spawn, ${scenario}`,
    of: ['ours', scenario],
    to: ['childProcess', scenario],
    atMost,
  };
}

function flatness(parent, stdio) {
  return {
    label: `safeSpawn, ${parent} : ${nameOf(nothing, stdio)}`,
    of: ['ours', nameOf(parent, stdio)],
    to: ['ours', nameOf(nothing, stdio)],
    atMost: 1.25,
  };
}

export function childProcess({ stdio }) {
  return { sample: () => sampleBlockedTime(spawn, stdio) };
}

export async function ours({ stdio }) {
  const { safeSpawn } = await importLibrary();
  return { sample: () => sampleBlockedTime(safeSpawn, stdio) };
}

/** Holds what the scenario says for the rest of this process. */
function becomeTheParent(scenario) {
  for (let i = 0; i < scenario.descriptors; i++) openSync('/dev/null');
  globalThis.held = Array.from({ length: scenario.memory / GIGABYTE }, () => Buffer.alloc(GIGABYTE, 1));
}

async function sampleBlockedTime(start, stdio) {
  await blockedTime(start, stdio);
  return [await blockedTime(start, stdio)];
}

async function blockedTime(start, stdio) {
  const begin = performance.now();
  const child = start(builtProgram('tiny'), [], { stdio });
  const blocked = performance.now() - begin;
  const [code, signal] = await once(child, 'close');
  if (code !== 0) throw new Error(`the target ended with ${signal ?? code}`);
  return blocked * 1000;
}
