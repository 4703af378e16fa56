import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { before, test } from 'node:test';
import { SAFE, STOCK } from '../helpers/contenders.mjs';
import { startFixture } from '../helpers/fixture.mjs';
import { addon } from '../helpers/native.mjs';
import { eventually } from '../helpers/poll.mjs';
import { fdTargets, stateOf } from '../helpers/processes.mjs';

const { SIGKILL, SIGPIPE } = constants.signals;
const LOWEST = 1066;
/** So often in a row a process must be seen asleep before it counts as hanging. */
const LOOKS = 50;

before(() => addon.adoptOrphans());

/** The pid of a flooding child whose supervisor has just been killed. */
async function childOfKilledSupervisor(spawn) {
  const {
    child: supervisor,
    resultPath,
    output,
  } = startFixture('supervisor.mjs', { with: spawn, lowest: LOWEST });
  await eventually('the supervisor reads', () => {
    assert.equal(supervisor.exitCode, null, output.stderr);
    return existsSync(resultPath);
  });
  supervisor.kill('SIGKILL');
  await once(supervisor, 'exit');
  return JSON.parse(readFileSync(resultPath, 'utf8')).pid;
}

/** Both ends of its standard output, by number: `[reading, writing]`. */
function endsOfOwnPipe(pid) {
  const targets = fdTargets(pid);
  const fds = Object.keys(targets).filter((fd) => targets[fd] === targets[1]);
  const reads = (fd) => /^flags:\s+\d*0$/m.test(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'));
  return [fds.filter(reads).map(Number), fds.filter((fd) => !reads(fd)).map(Number)];
}

/** The writer makes no other system call than write(2), so when it sleeps it sleeps there. */
async function hangsInWrite(pid) {
  let asleep = 0;
  await eventually('the writer hangs', () => {
    asleep = stateOf(pid) === 'S' ? asleep + 1 : 0;
    return asleep === LOOKS;
  });
}

/** The signal that an orphan died of. */
async function deathOf(pid) {
  const [, signal] = await eventually('the orphan is reaped', () => addon.reap(pid));
  return signal;
}

test('once its supervisor is killed, a child of child_process.spawn hangs, one of safeSpawn dies of SIGPIPE', async () => {
  const stock = await childOfKilledSupervisor(STOCK);
  await hangsInWrite(stock);
  assert.deepEqual(endsOfOwnPipe(stock), [[LOWEST], [1, LOWEST + 1]]);
  process.kill(stock, 'SIGKILL');
  assert.equal(await deathOf(stock), SIGKILL);

  assert.equal(await deathOf(await childOfKilledSupervisor(SAFE)), SIGPIPE);
});
