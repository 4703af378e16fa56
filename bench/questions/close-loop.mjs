/**
 * What does it cost to make a child clean?
 *
 * Every contender starts a program that ends at once, and is timed until that program has ended. The reference closes
 * nothing. All run under native/plant, which leaves three descriptors open for them to deal with: the column `leaks`
 * says how many of them, and of any others, reached the child.
 */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { importLibrary } from '../runner/library.mjs';
import { hardLimit } from '../runner/machine.mjs';
import { builtProgram } from '../runner/native.mjs';
import { reasonOf } from '../runner/reason.mjs';
import { Unavailable } from '../runner/unavailable.mjs';

const SMALL = 1024;
const LARGE = 1_048_576;

const pythonLoopProgram = fileURLToPath(new URL('../programs/supervisord-loop.py', import.meta.url));
const nodeSpawnProgram = fileURLToPath(new URL('../programs/node-spawn.mjs', import.meta.url));

const run = promisify(execFile);

function scenario(bound) {
  const beyond = bound > hardLimit();
  return {
    name: nameOf(bound),
    bound,
    ...(beyond && {
      note:
        `the hard limit here is ${hardLimit().toLocaleString('en-US')}: the loops run to the full number all the same, ` +
        'closing one beyond the limit costs the same EBADF; the others run at the hard limit',
    }),
  };
}

function nameOf(bound) {
  return `limit ${bound.toLocaleString('en-US')}`;
}

export default {
  title: 'from the call until a clean child has ended',
  unit: 'microseconds',
  scenarios: [SMALL, LARGE].map(scenario),
  contenders: {
    nothing: 'vfork, nothing closed, exec (C)',
    loop: 'close() up to the limit (C)',
    pythonLoop: 'close() up to the limit, as supervisord (Python)',
    procSelfFd: 'close() what /proc/self/fd lists (C)',
    closeRange: 'close_range (C)',
    closeRangeCloexec: 'close_range, CLOSE_RANGE_CLOEXEC (C)',
    core: 'the core of safe-spawn (C)',
    childProcess: 'child_process.spawn (Node)',
    ours: 'safeSpawn (Node)',
  },
  reference: 'nothing',
  effort: {
    full: { rounds: 7, samples: 100, milliseconds: 500 },
    quick: { rounds: 1, samples: 10, milliseconds: 100 },
  },
  comparisons: [
    growth('close() loop in C', 'loop'),
    growth('close() loop in Python', 'pythonLoop'),
    growth('core of safe-spawn', 'core'),
    growth('safeSpawn', 'ours'),
  ],
};

function growth(label, contender) {
  return {
    label: `${label}, ${nameOf(LARGE)} : ${nameOf(SMALL)}`,
    of: [contender, nameOf(LARGE)],
    to: [contender, nameOf(SMALL)],
  };
}

export const nothing = closeLoop('nothing');
export const loop = closeLoop('loop');
export const procSelfFd = closeLoop('proc');
export const closeRange = closeLoop('close_range');
export const closeRangeCloexec = closeLoop('cloexec');

function closeLoop(method) {
  return ({ bound }, effort) => sampler(bound, effort, [builtProgram('close-loop'), method, bound]);
}

export function core({ bound }, effort) {
  return sampler(bound, effort, [builtProgram('core-launch')]);
}

export function pythonLoop({ bound }, effort) {
  return sampler(bound, effort, ['python3', pythonLoopProgram, bound]);
}

export function childProcess({ bound }, effort) {
  return sampler(bound, effort, [process.execPath, nodeSpawnProgram, 'node:child_process', 'spawn']);
}

export async function ours({ bound }, effort) {
  await importLibrary();
  return sampler(bound, effort, [process.execPath, nodeSpawnProgram, 'safe-spawn', 'safeSpawn']);
}

/** A contender that is a program: see native/sampler.h for what it is given and prints. */
function sampler(bound, { samples, milliseconds }, command) {
  const args = [bound, ...command, builtProgram('witness'), builtProgram('tiny'), samples, milliseconds];
  const facts = {};
  return {
    facts,
    warmUp: 0, // the program does its own
    sample: async () => {
      const { leaks, nanoseconds } = await runSampler(args);
      facts.leaks = leaks;
      return nanoseconds.map((value) => value / 1000);
    },
  };
}

async function runSampler(args) {
  try {
    const { stdout } = await run(builtProgram('plant'), args.map(String));
    return JSON.parse(stdout);
  } catch (error) {
    const reason = reasonOf(error);
    if (/: (No such file or directory|Function not implemented)$/.test(reason)) throw new Unavailable(reason);
    throw new Error(reason);
  }
}
