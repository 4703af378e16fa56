import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SAFE, STOCK } from '../helpers/contenders.mjs';
import { runFixture } from '../helpers/fixture.mjs';
import { fdNumbers } from '../helpers/probe.mjs';

const STDIO = [0, 1, 2];
const subsets = [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]];

async function outcome(plan, launcher) {
  const { result, signal, stderr } = await runFixture(
    'probe-child.mjs',
    { with: SAFE, ...plan },
    { launcher },
  );
  assert.equal(signal, null, stderr);
  return result;
}

function typesOf({ fds }) {
  return fds.map(({ fd, type }) => `${fd} ${type}`);
}

for (const closed of subsets) {
  for (const moment of ['closeFirst', 'close']) {
    const when = moment === 'close' ? 'after' : 'before';
    test(`with ${closed} closed ${when} the library was loaded, the child has the stdio asked for`, async () => {
      const piped = await outcome({ [moment]: closed, options: { stdio: 'pipe' } });
      assert.deepEqual(typesOf(piped.child), ['0 socket', '1 socket', '2 socket']);
      const ignored = await outcome({ [moment]: closed, options: { stdio: 'ignore' } });
      assert.deepEqual(typesOf(ignored.child), ['0 character', '1 character', '2 character']);
    });

    test(`with ${closed} closed ${when} the library was loaded, 'inherit' is EBADF`, async () => {
      const { error } = await outcome({ [moment]: closed, options: { stdio: 'inherit' } });
      assert.equal(error?.code, 'EBADF');
      assert.equal(error.step, 'stdio');
    });
  }

  test(`with ${closed} closed, 'inherit' is EBADF for a later child too`, async () => {
    const { error } = await outcome({
      close: closed,
      before: { stdio: 'ignore' },
      options: { stdio: 'inherit' },
    });
    assert.equal(error?.code, 'EBADF');
    assert.equal(error.step, 'stdio');
  });

  // Node opens /dev/null at start-up for those that are missing.
  test(`with ${closed} closed before Node started, 'inherit' gives the child /dev/null`, async () => {
    const launcher = closed.flatMap((fd) => ['--close', fd]);
    const { child } = await outcome({ options: { stdio: 'inherit' } }, launcher);
    assert.deepEqual(fdNumbers(child), STDIO);
    for (const fd of closed) assert.equal(child.fds[fd].target, '/dev/null');
  });
}

test('child_process.spawn passes a pipe of its own to a child that was to inherit a closed descriptor', async () => {
  const { result } = await runFixture('probe-child.mjs', {
    with: STOCK,
    close: [0],
    options: { stdio: 'inherit' },
  });
  assert.deepEqual(typesOf(result.child)[0], '0 pipe');
});

// With two of them closed there is no child to look at: libuv stops the process rather than close what took a number
// below 3.
test('child_process.spawn aborts the process when two of 0-2 are closed', async () => {
  const { signal } = await runFixture('probe-child.mjs', { with: STOCK, close: [0, 1] });
  assert.equal(signal, 'SIGABRT');
});
