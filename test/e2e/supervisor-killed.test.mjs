// What becomes of programs whose supervisor is killed, with this library and with child_process.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addon } from '../helpers/native.mjs';
import { eventually } from '../helpers/poll.mjs';
import { isAlive } from '../helpers/processes.mjs';
import { withoutRoot } from '../helpers/requirements.mjs';
import { holds, startSupervisor } from '../helpers/supervisor.mjs';

/** The log pipe of the one that has started the supervisor, where its loop over 1024 numbers did not come. */
const INHERITED = ['--pipe', '1066,1067'];

const flooding = { command: ['yes'], stdout_logfile: '/dev/null', startsecs: 0 };
const silent = { command: ['sleep', '1000'], startsecs: 0 };

before(() => addon.adoptOrphans());

async function startedPids(supervisor) {
  const status = await supervisor.inStates('RUNNING');
  return Object.fromEntries(Object.values(status).map(({ name, pid }) => [name, pid]));
}

/** Of a child whose parent is gone. */
async function signalOfDeath(pid) {
  const [, signal] = await eventually('the orphan is reaped', () => addon.reap(pid));
  return signal;
}

test('programs of a killed supervisor are killed too, silent or stubborn', async (t) => {
  const supervisor = await startSupervisor(
    t,
    {
      silent,
      stubborn: { command: ['sh', '-c', 'trap "" TERM PIPE HUP; exec sleep 1000'], startsecs: 0 },
      flooding,
    },
    { launcher: INHERITED },
  );
  const pids = await startedPids(supervisor);
  for (const pid of Object.values(pids)) await holds(pid, [0, 1, 2]);
  await supervisor.kill();
  assert.equal(await signalOfDeath(pids.silent), 9);
  assert.equal(await signalOfDeath(pids.stubborn), 9);
  assert.ok([9, 13].includes(await signalOfDeath(pids.flooding)));
});

test('a program that is spared by its death signal dies of SIGPIPE when it writes', async (t) => {
  const supervisor = await startSupervisor(
    t,
    { flooding: { ...flooding, deathsignal: 'CONT' } },
    { launcher: INHERITED },
  );
  const { flooding: pid } = await startedPids(supervisor);
  await supervisor.kill();
  assert.equal(await signalOfDeath(pid), 13);
});

test('a program of another user is killed with its supervisor', { skip: withoutRoot }, async (t) => {
  const supervisor = await startSupervisor(t, { silent: { ...silent, user: 'nobody' } });
  const { silent: pid } = await startedPids(supervisor);
  await supervisor.kill();
  assert.equal(await signalOfDeath(pid), 9);
});

test('with child_process.spawn the pipe at 1066 is in the program, which outlives its supervisor', async (t) => {
  const supervisor = await startSupervisor(t, { silent }, { launcher: INHERITED, stock: true });
  const { silent: pid } = await startedPids(supervisor);
  await holds(pid, [0, 1, 2, 1066, 1067]);
  await supervisor.kill();
  assert.ok(isAlive(pid));
});
