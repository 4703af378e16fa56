/**
 * What does it cost to make a child clean?
 *
 * Every contender starts a program that ends at once, and is timed until that program has ended. The reference closes
 * nothing. All run under native/plant, which leaves three descriptors open for them to deal with: the column `leaks`
 * says how many of them, and of any others, reached the child.
 */

import { labels, program } from '../runner/launchers.mjs';
import { importLibrary } from '../runner/library.mjs';
import { hardLimit } from '../runner/machine.mjs';
import { builtProgram } from '../runner/native.mjs';
import { sampler } from '../runner/sampler.mjs';
import { countPoint, formatCount } from '../runner/table.mjs';

const SMALL = 1024;
const LARGE = 1_048_576;
const TITLE = 'from the call until a clean child has ended';
const bounds = [SMALL, 4096, 65_536, LARGE];

const nodeLaunch = [process.execPath, program('node-launch.mjs')];

function scenario(bound) {
  const beyond = bound > hardLimit();
  return {
    name: nameOf(bound),
    bound,
    plot: countPoint(TITLE, bound),
    ...(beyond && {
      note:
        `the hard limit here is ${formatCount(hardLimit())}: the loops run to the full number all the same, ` +
        'closing one beyond the limit costs the same EBADF; the others run at the hard limit',
    }),
  };
}

function nameOf(bound) {
  return `limit ${formatCount(bound)}`;
}

export default {
  title: TITLE,
  unit: 'microseconds',
  axis: 'limit on descriptors',
  scenarios: bounds.map(scenario),
  contenders: {
    nothing: 'vfork, nothing closed, exec (C)',
    loop: 'close() up to the limit (C)',
    pythonLoop: 'close() loop of supervisord (Python)',
    fcntlLoop: 'fcntl(FD_CLOEXEC) up to the limit (C)',
    procSelfFd: 'close() what /proc/self/fd lists (C)',
    closeRange: 'close_range (C)',
    closeRangeCloexec: 'close_range, CLOSE_RANGE_CLOEXEC (C)',
    core: labels.core,
    childProcess: labels.childProcess,
    ours: labels.ours,
  },
  reference: 'nothing',
  processOf: ({ name }) => name,
  effort: {
    full: { rounds: 3, samples: 60, milliseconds: 250 },
    quick: { rounds: 1, samples: 5, milliseconds: 20 },
  },
  comparisons: [
    growth('close() loop in C', 'loop'),
    growth('close() loop in Python', 'pythonLoop'),
    growth('core of safe-spawn', 'core', 1.02),
    growth('safeSpawn', 'ours', 1.02),
  ],
};

function growth(label, contender, atMost) {
  return {
    label: `${label}, ${nameOf(LARGE)} : ${nameOf(SMALL)}`,
    of: [contender, nameOf(LARGE)],
    to: [contender, nameOf(SMALL)],
    ...(atMost && { atMost }),
  };
}

export const nothing = closing('nothing');
export const loop = closing('loop');
export const fcntlLoop = closing('fcntl');
export const procSelfFd = closing('proc');
export const closeRange = closing('close_range');
export const closeRangeCloexec = closing('cloexec');

function closing(method) {
  return ({ bound }, effort) => planted(bound, effort, [builtProgram('vfork-launch'), method, bound]);
}

export function core({ bound }, effort) {
  return planted(bound, effort, [builtProgram('core-launch')]);
}

export function pythonLoop({ bound }, effort) {
  return planted(bound, effort, ['python3', program('loop-launch.py'), bound]);
}

export function childProcess({ bound }, effort) {
  return planted(bound, effort, [...nodeLaunch, 'node:child_process', 'spawn', 'inherit']);
}

export async function ours({ bound }, effort) {
  await importLibrary();
  return planted(bound, effort, [...nodeLaunch, 'safe-spawn', 'safeSpawn', 'inherit']);
}

function planted(bound, effort, command) {
  return sampler([builtProgram('plant'), bound, ...command], {}, effort, 'ended', ({ leaks }) => ({ leaks }));
}
