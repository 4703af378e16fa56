/**
 * How long does a supervisor take to start its programs?
 *
 * Measured is the time from the first start until the last program runs; the second that supervisord waits before it
 * starts any is not counted. All run under native/plant, as in close-loop: the column `leaks` says how many descriptors
 * a program was given beside its stdio. The two on Node are programs/supervisor.mjs, which makes pipes for stdin, stdout
 * and stderr of each program, as supervisord does.
 */

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startFleet } from '../runner/fleet.mjs';
import { program } from '../runner/launchers.mjs';
import { importLibrary } from '../runner/library.mjs';
import { hardLimit } from '../runner/machine.mjs';
import { builtProgram } from '../runner/native.mjs';
import { labels } from '../runner/spawners.mjs';
import { countPoint, formatCount } from '../runner/table.mjs';
import { Unavailable } from '../runner/unavailable.mjs';

const SMALL = 1024;
const LARGE = 1_048_576;
const TITLE = 'until the last program of a supervisor runs';
const bounds = [...new Set([SMALL, Math.min(LARGE, hardLimit()), LARGE])];

function nameOf(bound) {
  return `limit ${formatCount(bound)}`;
}

function scenario(bound) {
  return {
    name: nameOf(bound),
    bound,
    plot: countPoint(TITLE, bound),
    ...(bound > hardLimit() && {
      note:
        `the hard limit here is ${formatCount(hardLimit())}: supervisord is kept from refusing its minfds, ` +
        'and its loop runs to the full number; the others run at the hard limit',
    }),
  };
}

export default {
  title: TITLE,
  unit: 'milliseconds',
  axis: 'limit on descriptors',
  scenarios: bounds.map(scenario),
  contenders: { supervisord: 'supervisord (Python)', ...labels },
  reference: 'supervisord',
  effort: {
    full: { rounds: 1, samples: 6, milliseconds: 2000, programs: 100 },
    quick: { rounds: 1, samples: 1, milliseconds: 500, programs: 4 },
  },
  comparisons: [
    ...['supervisord', 'ours'].map((contender) => ({
      label: `${contender === 'ours' ? labels.ours : contender}, ${nameOf(LARGE)} : ${nameOf(SMALL)}`,
      of: [contender, nameOf(LARGE)],
      to: [contender, nameOf(SMALL)],
    })),
    ...bounds.map(nameOf).map((name) => ({
      label: `${labels.ours} : supervisord, ${name}`,
      of: ['ours', name],
      to: ['supervisord', name],
    })),
  ],
};

export function supervisord({ bound }, effort) {
  const command = supervisordCommand(bound);
  return planted(bound, effort, (folder, fifo) => {
    const file = join(folder, 'supervisord.conf');
    writeFileSync(file, configuration(folder, bound, effort.programs, [builtProgram('arrival'), fifo]));
    return [...command, '--configuration', file];
  });
}

/** By the Python that it is installed for. */
function supervisordCommand(bound) {
  const path = pathOf('supervisord');
  const [firstLine] = readFileSync(path, 'utf8').split('\n', 1);
  const python = firstLine.replace(/^#!/, '').trim().split(' ');
  return [...python, bound > hardLimit() ? program('supervisord.py') : path];
}

function pathOf(name) {
  try {
    return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
  } catch {
    throw new Unavailable(`${name} is not installed`);
  }
}

function configuration(folder, bound, programs, command) {
  return `[supervisord]
nodaemon = true
minfds = ${bound}
logfile = /dev/null
logfile_maxbytes = 0
pidfile = ${join(folder, 'supervisord.pid')}

[program:arrival]
command = ${command.join(' ')}
process_name = %(program_name)s-%(process_num)d
numprocs = ${programs}
stdout_logfile = NONE
stderr_logfile = NONE
`;
}

export function childProcess(scenario, effort) {
  return onNode(scenario, effort, ['node:child_process', 'spawn']);
}

export async function ours(scenario, effort) {
  await importLibrary();
  return onNode(scenario, effort, ['safe-spawn', 'safeSpawn']);
}

function onNode({ bound }, effort, spawner) {
  const supervisor = [process.execPath, program('supervisor.mjs'), ...spawner, String(effort.programs)];
  return planted(bound, effort, (_, fifo) => [...supervisor, builtProgram('arrival'), fifo]);
}

function planted(bound, { programs }, commandOf) {
  const facts = { programs };
  const plant = [builtProgram('plant'), String(bound)];
  return {
    facts,
    warmUp: 0, // each is a start of its own
    sample: async () => {
      const { milliseconds, leaks } = await startFleet(programs, (...places) => [
        ...plant,
        ...commandOf(...places),
      ]);
      facts.leaks = leaks;
      return [milliseconds];
    },
  };
}
