/** A program can replace open() of Node's pipes, which is called in the middle of a launch. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFixture } from '../helpers/fixture.mjs';

async function play(how) {
  const { code, result, stderr } = await runFixture('nested-launch.mjs', { how });
  assert.equal(code, 0, stderr);
  return result;
}

test('a child that open() starts leaves the pipes of the outer child alone', async () => {
  assert.deepEqual(await play('launch'), {
    outer: { stdout: 'outer\n', stderr: 'outer\n' },
    inner: { stdout: 'inner\n', stderr: 'inner\n' },
  });
});

for (const [title, how] of [
  ['throws', 'throw'],
  ['throws once the pipe is open', 'throwLate'],
]) {
  test(`an open() that ${title} reaches the caller, and no descriptor is left`, async () => {
    assert.deepEqual(await play(how), { thrown: 'thrown by open()' });
  });
}

test('an open() that fails is an error of the launch, and no descriptor is left', async () => {
  assert.match((await play('fail')).thrown, /^spawn .*EINVAL/);
});
