/**
 * What does loading the library add to the start of Node?
 *
 * Each sample is the processor time of a program that loads it, less that of an empty one right before it. The wall
 * clock says the same on an idle machine, and nothing on another.
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const MICROSECONDS_PER_MILLISECOND = 1000;
const SAY_TIME = 'const { user, system } = process.cpuUsage(); console.log(user + system)';

export default {
  title: 'processor time of loading the library, beyond the start of Node',
  unit: 'milliseconds',
  scenarios: [{ name: 'an empty program' }],
  contenders: {
    childProcess: "require('node:child_process')",
    ours: "require('safe-spawn')",
    register: '--require safe-spawn/register',
  },
  reference: 'ours',
  effort: {
    full: { rounds: 1, samples: 20, milliseconds: 20_000 },
    quick: { rounds: 1, samples: 3, milliseconds: 5000 },
  },
  processOf: () => 'all in turn',
};

export const childProcess = () => added("require('node:child_process')");
export const ours = () => added("require('safe-spawn')");
export const register = () => added('', ['--require', 'safe-spawn/register']);

function added(program, options) {
  return {
    sample: () => {
      const empty = timeOf('');
      return [(timeOf(program, options) - empty) / MICROSECONDS_PER_MILLISECOND];
    },
  };
}

/** In microseconds, from the start of the process on. */
function timeOf(program, options = []) {
  const args = [...options, '-e', `${program}; ${SAY_TIME}`];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}
