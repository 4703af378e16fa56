/**
 * What does a launch cost a parent with much memory?
 *
 * The memory is touched, in blocks of a megabyte. Whoever copies the page tables pays for it, and pays again when the
 * parent writes to it: see the question copy-on-write.
 */

import { contendersOf, labelsOf, quotient } from '../runner/launchers.mjs';
import { availableMemory } from '../runner/machine.mjs';

const GIGABYTE = 2 ** 30;

/** Left for the rest of the machine. */
const SPARE = GIGABYTE;

/** More or less what a Node is without it: a logarithmic axis has no zero. */
const OWN = 2 ** 26;

const sizes = [0, GIGABYTE / 4, GIGABYTE, 2 * GIGABYTE, 4 * GIGABYTE];
const all = ['posixSpawn', 'core', 'python', 'bun', 'childProcess', 'ours'];

function nameOf(size, stdio) {
  return `${size / GIGABYTE} GB, stdio '${stdio}'`;
}

function scenario(size, stdio, contenders) {
  return {
    name: nameOf(size, stdio),
    memory: size,
    stdio,
    until: 'blocked',
    contenders,
    ...(availableMemory() < size + SPARE && { unavailable: 'too little memory is free' }),
    plot: { name: `stdio '${stdio}'`, x: (size + OWN) / GIGABYTE, label: `${size / GIGABYTE} GB` },
  };
}

export default {
  title: 'until a launch returns, in a parent with much memory',
  unit: 'microseconds',
  axis: 'gigabytes of the parent',
  scenarios: [
    ...sizes.map((size) => scenario(size, 'ignore', all)),
    ...[0, 2 * GIGABYTE].map((size) => scenario(size, 'pipe', ['childProcess', 'ours'])),
  ],
  contenders: labelsOf(all),
  reference: 'ours',
  processOf: ({ name }) => name,
  effort: {
    full: { rounds: 2, samples: 40, milliseconds: 300 },
    quick: { rounds: 1, samples: 5, milliseconds: 100 },
  },
  comparisons: [
    quotient('ours', 'childProcess', nameOf(2 * GIGABYTE, 'pipe'), { atMost: 0.008 }),
    quotient('ours', 'ours', nameOf(2 * GIGABYTE, 'ignore'), { atMost: 1.1, other: nameOf(0, 'ignore') }),
  ],
};

export const { posixSpawn, core, python, bun, childProcess, ours } = contendersOf(all);
