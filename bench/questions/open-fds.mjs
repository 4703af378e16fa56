/**
 * What does a launch cost beside many open descriptors?
 *
 * All of them are close-on-exec and were opened after the program, or the library, had started: whoever copies the
 * table of descriptors pays for them, whether they are closed in the child or not.
 */

import { contendersOf, labelsOf, quotient } from '../runner/launchers.mjs';
import { hardLimit } from '../runner/machine.mjs';
import { countPoint, formatCount } from '../runner/table.mjs';

/** Left for the runtime below the hard limit. */
const SPARE = 200;
const MANY = 19_000;
const MILLION = 1_000_000;
const FEW = [0, 1000, 10_000, MANY];

/** More or less what a runtime has open by itself: a logarithmic axis has no zero. */
const OWN = 20;

const usable = hardLimit() - SPARE;
const counts = [...FEW, 100_000, MILLION].filter((count) => count <= usable);

const names = ['vfork', 'posixSpawn', 'core', 'rust', 'python', 'bun', 'deno', 'node22', 'node24', 'node26'];
const all = [...names, 'childProcess', 'ours'];

const blocked = { until: 'blocked', stdio: 'ignore', says: 'until the call returns' };
const blockedByPipes = { until: 'blocked', stdio: 'pipe', says: "until the call returns, stdio 'pipe'" };
const ended = { until: 'ended', stdio: 'ignore', says: 'until the child has ended' };

function nameOf(count, { says }) {
  return `${formatCount(count)} descriptors, ${says}`;
}

function scenario(count, kind, contenders = all) {
  return {
    name: nameOf(count, kind),
    descriptors: count,
    ...kind,
    contenders,
    plot: countPoint(kind.says, count, OWN),
  };
}

function scenarios() {
  return [
    ...counts.map((count) => scenario(count, blocked)),
    ...counts.filter(isAtAnEnd).map((count) => scenario(count, blockedByPipes, ['childProcess', 'ours'])),
    ...counts.map((count) => scenario(count, ended)),
  ];
}

function isAtAnEnd(count) {
  return count === 0 || count >= MANY;
}

export default {
  title: 'a launch beside many open descriptors',
  unit: 'microseconds',
  axis: 'open descriptors',
  scenarios: scenarios(),
  contenders: labelsOf(all),
  reference: 'ours',
  processOf: ({ descriptors, stdio }) => `${descriptors} ${stdio}`,
  effort: {
    full: { rounds: 3, samples: 60, milliseconds: 150 },
    quick: { rounds: 1, samples: 10, milliseconds: 50 },
  },
  comparisons: [
    quotient('ours', 'childProcess', nameOf(0, blocked), { atMost: 0.25 }),
    quotient('ours', 'childProcess', nameOf(0, blockedByPipes), { atMost: 0.4 }),
    quotient('ours', 'childProcess', nameOf(MANY, blockedByPipes), { atMost: 0.2 }),
    quotient('ours', 'bun', nameOf(0, blocked)),
    quotient('ours', 'bun', nameOf(MANY, blocked)),
    quotient('ours', 'bun', nameOf(MANY, ended)),
    quotient('ours', 'python', nameOf(MANY, ended)),
    quotient('ours', 'posixSpawn', nameOf(MANY, ended), { atMost: 0.35 }),
    quotient('ours', 'ours', nameOf(MANY, blocked), { atMost: 1.05, other: nameOf(0, blocked) }),
    quotient('core', 'vfork', nameOf(0, ended), { atMost: 1.25 }),
    ...(counts.includes(MILLION) ? ['ours', 'core'] : []).map((contender) => ({
      ...quotient(contender, 'posixSpawn', nameOf(MILLION, blocked), { atMost: 0.01 }),
      emulated: true,
    })),
  ],
};

export const {
  vfork,
  posixSpawn,
  core,
  rust,
  python,
  bun,
  deno,
  node22,
  node24,
  node26,
  childProcess,
  ours,
} = contendersOf(all);
