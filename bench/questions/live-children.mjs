/**
 * What does the end of one child cost while others live?
 *
 * Measured is the time on the processor, of the whole process, from the moment that one child is killed until its
 * 'exit' event. The column `waits` says how many times the kernel was asked meanwhile for a child that may have ended,
 * counted by strace.
 */

import { once } from 'node:events';
import { countWaits } from '../runner/count-waits.mjs';
import { builtProgram } from '../runner/native.mjs';
import { labels, oursToNode, spawners } from '../runner/spawners.mjs';
import { countPoint, formatCount } from '../runner/table.mjs';

const counts = [0, 100, 1000, 5000];
const MOST = counts.at(-1);

/** strace makes a start slow, so that more would take a minute. */
const MOST_TRACED = 100;
const TRACED_ENDS = 10;

/** A logarithmic axis has no zero; the child that ends counts too. */
const OWN = 1;

function nameOf(count) {
  return `${formatCount(count)} live children`;
}

function flatness(contender) {
  return {
    label: `${labels[contender]}, ${nameOf(MOST)} : ${nameOf(0)}`,
    of: [contender, nameOf(MOST)],
    to: [contender, nameOf(0)],
  };
}

export default {
  title: 'time on the processor for the end of one child',
  unit: 'microseconds',
  axis: 'live children',
  scenarios: counts.map((live) => ({
    name: nameOf(live),
    live,
    plot: countPoint('time on the processor for the end of one child', live, OWN),
  })),
  contenders: labels,
  reference: 'childProcess',
  effort: {
    full: { rounds: 2, samples: 50, milliseconds: 500 },
    quick: { rounds: 1, samples: 10, milliseconds: 200 },
  },
  comparisons: [oursToNode(nameOf(MOST)), { ...flatness('ours'), atMost: 1.1 }, flatness('childProcess')],
};

export const { childProcess, ours } = spawners(async ({ spawn, module }, { live }) => {
  const waits = live <= MOST_TRACED ? await countWaits(live, TRACED_ENDS, module) : undefined;
  for (let i = 0; i < live; i++) startIdle(spawn).unref();
  return { facts: { waits }, sample: async () => [await costOfOneEnd(spawn)] };
});

/** It ends with this process: see native/idle.c. */
function startIdle(spawn) {
  return spawn(builtProgram('idle'), [], { stdio: 'ignore' });
}

async function costOfOneEnd(spawn) {
  const child = startIdle(spawn);
  await once(child, 'spawn');
  const before = process.cpuUsage();
  child.kill('SIGKILL');
  await once(child, 'exit');
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
