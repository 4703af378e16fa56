/**
 * What does loading the library add to the start of Node?
 *
 * Each sample is the time of a program that loads it, less that of an empty one right before it.
 */

import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const EMPTY = ['-e', '0'];

export default {
  title: 'loading the library, beyond the start of Node',
  unit: 'milliseconds',
  scenarios: [{ name: 'an empty program' }],
  contenders: {
    childProcess: "require('node:child_process')",
    ours: "require('safe-spawn')",
    register: '--require safe-spawn/register',
  },
  reference: 'childProcess',
  effort: {
    full: { rounds: 1, samples: 60, milliseconds: 20_000 },
    quick: { rounds: 1, samples: 3, milliseconds: 5000 },
  },
  processOf: () => 'all in turn',
};

export const childProcess = () => added(['-e', "require('node:child_process')"]);
export const ours = () => added(['-e', "require('safe-spawn')"]);
export const register = () => added(['--require', 'safe-spawn/register', ...EMPTY]);

function added(args) {
  return {
    sample: () => {
      const empty = timeOf(EMPTY);
      return [timeOf(args) - empty];
    },
  };
}

function timeOf(args) {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return performance.now() - begin;
}
