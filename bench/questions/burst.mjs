/**
 * How many launches a second does one thread get done, and how does the rest of the program fare meanwhile?
 *
 * One after another, or 64 at once, of which each is followed by another when it has ended; counted are programs that have ended. The columns are the delay of the event loop
 * in milliseconds, in the last round: how much too late a timer of one millisecond came.
 */

import { once } from 'node:events';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { builtProgram } from '../runner/native.mjs';
import { labels, oursToNode, spawners } from '../runner/spawners.mjs';
import { formatNumber } from '../runner/table.mjs';

const AT_ONCE = 64;
const LAUNCHES = 256;
const RESOLUTION = 1;
const NANOSECONDS_PER_MILLISECOND = 1e6;

const scenarios = [
  { name: 'one after another', atOnce: 1 },
  { name: `${AT_ONCE} at once`, atOnce: AT_ONCE },
];

export default {
  title: 'launches a second',
  unit: 'programs a second',
  scenarios,
  contenders: labels,
  reference: 'childProcess',
  effort: {
    full: { rounds: 4, samples: 10, milliseconds: 1500 },
    quick: { rounds: 1, samples: 3, milliseconds: 500 },
  },
  comparisons: [oursToNode(scenarios[0].name), oursToNode(scenarios[1].name, { atLeast: 3 })],
};

export const { childProcess, ours } = spawners(({ spawn }, { atOnce }) => {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  const facts = {};
  return {
    facts,
    warmUp: 1,
    sample: async () => {
      await begun(delay);
      const rate = await launchesPerSecond(spawn, atOnce);
      delay.disable();
      Object.assign(facts, delaysOf(delay));
      return [rate];
    },
  };
});

/** The first delay is not counted: the second needs to be that of launches. */
async function begun(delay) {
  delay.enable();
  const before = delay.count;
  while (delay.count === before) await setImmediate();
}

async function launchesPerSecond(spawn, atOnce) {
  const begin = performance.now();
  await Promise.all(Array.from({ length: atOnce }, () => launchSome(spawn, LAUNCHES / atOnce)));
  return (LAUNCHES * 1000) / (performance.now() - begin);
}

async function launchSome(spawn, count) {
  for (let i = 0; i < count; i++) {
    const [code] = await once(spawn(builtProgram('tiny'), [], { stdio: 'ignore' }), 'exit');
    if (code !== 0) throw new Error(`the target ended with ${code}`);
  }
}

function delaysOf(delay) {
  const late = (nanoseconds) =>
    formatNumber(Math.max(0, nanoseconds / NANOSECONDS_PER_MILLISECOND - RESOLUTION));
  return { p50: late(delay.percentile(50)), p99: late(delay.percentile(99)), max: late(delay.max) };
}
