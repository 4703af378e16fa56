import assert from 'node:assert/strict';
import { once } from 'node:events';
import { before, test } from 'node:test';
import { safeSpawn } from 'safe-spawn';
import { failureOf, failures } from '../helpers/failures.mjs';
import { addon } from '../helpers/native.mjs';
import { stateOfThisProcess } from '../helpers/processes.mjs';
import { withoutRoot } from '../helpers/requirements.mjs';

const REAL_TIME_SIGNAL = 40;

/** Runs to the end, so that no pipe of the child is open any more. */
async function run(options) {
  const child = safeSpawn('true', [], { stdio: 'ignore', ...options });
  await once(child, 'close');
}

async function leavesEverything(action) {
  const expected = stateOfThisProcess();
  await action();
  assert.deepEqual(stateOfThisProcess(), expected);
}

before(async () => {
  // A handler, an ignored signal and a blocked one: what a launch is most likely to disturb.
  process.on('SIGUSR2', () => {});
  addon.catchSignal(REAL_TIME_SIGNAL);
  addon.ignoreSignal(REAL_TIME_SIGNAL + 1);
  addon.blockSignal(REAL_TIME_SIGNAL + 2);
  await run();
});

test('a child that ran leaves the parent as it was', async () => {
  await leavesEverything(() => run());
  await leavesEverything(() => run({ detached: true, cwd: '/', rlimits: { nofile: 64, core: 0 } }));
});

test('a child with another uid and gid leaves the parent as it was, and dumpable', {
  skip: withoutRoot,
}, async () => {
  await leavesEverything(() => run({ uid: 65_534, gid: 65_534, cwd: '/' }));
  assert.equal(addon.dumpable(), 1);
});

for (const failure of failures) {
  test(`${failure.what} leaves the parent as it was`, async () => {
    const options = { stdio: 'ignore', ...failure.options };
    await leavesEverything(async () => {
      const error = await failureOf(safeSpawn, { ...failure, options });
      assert.equal(error.code, failure.code);
    });
  });
}
