/**
 * How large is the child's table of descriptors?
 *
 * The kernel gives a forked child a table for as many descriptors as its parent has numbers in use, and the program
 * keeps it until it ends, however few it holds. FDSize in /proc/PID/status is its size; each number takes a pointer and
 * two bits, and a bit more for each word of these (fs/file.c: alloc_fdtable).
 */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { hold } from '../runner/hold.mjs';
import { hardLimit } from '../runner/machine.mjs';
import { builtProgram } from '../runner/native.mjs';
import { labels, spawners } from '../runner/spawners.mjs';
import { countPoint, formatCount } from '../runner/table.mjs';

const SPARE = 200;
const OWN = 20;
const POINTER = 8;
const BITS = 8;
const WORD = 64;

const counts = [0, 100, 1000, 10_000, 19_000, 100_000].filter((count) => count <= hardLimit() - SPARE);

function nameOf(count) {
  return `${formatCount(count)} open descriptors in the parent`;
}

export default {
  title: "the child's table of descriptors",
  unit: 'bytes',
  axis: 'open descriptors in the parent',
  scenarios: counts.map((descriptors) => ({
    name: nameOf(descriptors),
    descriptors,
    plot: countPoint("the child's table of descriptors", descriptors, OWN),
  })),
  contenders: labels,
  reference: 'childProcess',
  effort: {
    full: { rounds: 1, samples: 5, milliseconds: 1000 },
    quick: { rounds: 1, samples: 1, milliseconds: 1000 },
  },
  prepare: hold,
};

export const { childProcess, ours } = spawners(({ spawn }) => {
  const facts = {};
  return {
    facts,
    sample: async () => {
      facts.FDSize = await tableSize(spawn);
      return [bytesOf(facts.FDSize)];
    },
  };
});

async function tableSize(spawn) {
  const child = spawn(builtProgram('idle'), [], { stdio: 'ignore' });
  const [, size] = readFileSync(`/proc/${child.pid}/status`, 'utf8').match(/^FDSize:\s+(\d+)/m);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return Number(size);
}

function bytesOf(size) {
  return size * POINTER + (2 * size) / BITS + Math.ceil(size / WORD / WORD) * POINTER;
}
