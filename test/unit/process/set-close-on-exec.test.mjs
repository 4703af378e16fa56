import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { openFds, safeSpawn } from 'safe-spawn';
import { runFixture } from '../../helpers/fixture.mjs';
import { addon, probePath } from '../../helpers/native.mjs';
import { eventually } from '../../helpers/poll.mjs';
import { fdTargets } from '../../helpers/processes.mjs';

test('setCloseOnExec() marks what was inherited, names it, and then child_process.spawn leaks nothing either', async () => {
  const launcher = ['--fd', 20, '--fd', 1066];
  const { result } = await runFixture('sealed-probe.mjs', {}, { launcher });
  assert.deepEqual(result.before, [0, 1, 2, 20, 1066]);
  assert.deepEqual(result.sealed, [20, 1066]);
  assert.deepEqual(result.after, [0, 1, 2]);
  assert.deepEqual(result.sealedAgain, []);
});

test('openFds() tells number, target, close-on-exec flag and access mode of what native code opened', (t) => {
  const [readEnd, writeEnd] = addon.openPipe();
  t.after(() => [readEnd, writeEnd].forEach(addon.closeFd));
  const target = fdTargets()[readEnd];
  const seen = openFds().filter(({ fd }) => fd === readEnd || fd === writeEnd);
  assert.deepEqual(seen.map(summary), [
    { fd: readEnd, target, closeOnExec: false, access: 'r' },
    { fd: writeEnd, target, closeOnExec: false, access: 'w' },
  ]);
});

test('openFds(pid) of a child shows the stdio that it was given and nothing else', async () => {
  const child = safeSpawn(probePath, ['--hold'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  await eventually('the child sleeps', () => openFds(child.pid).length > 0);
  const fds = openFds(child.pid).map(({ fd }) => fd);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.deepEqual(fds, [0, 1, 2, 3]);
});

function summary({ fd, target, closeOnExec, access }) {
  return { fd, target, closeOnExec, access };
}
