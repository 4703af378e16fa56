// poll(2) refuses more entries than the soft limit on descriptors: what waits for children must neither hang nor spin.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFixture } from '../helpers/fixture.mjs';

const HIGH = 1000;
const nothingLeft = { children: 0, opened: 0 };

test('a synchronous run ends whose child gets a descriptor above the soft limit', async () => {
  const plan = { passFds: [HIGH], command: `readlink /proc/self/fd/${HIGH}` };
  const launcher = ['--fd', HIGH, '--nofile', '256:256'];
  const { result, stderr } = await runFixture('sync-above-limit.mjs', plan, { launcher });
  assert.deepEqual(result, { stdout: '/dev/null\n', status: 0, signal: null, ...nothingLeft }, stderr);
});

test('a synchronous run whose poll(2) fails reads the output, and sees the end of the child', async () => {
  const command = 'prlimit --pid $PPID --nofile=0: && echo text';
  const { result, stderr } = await runFixture('sync-above-limit.mjs', { command });
  assert.deepEqual(result, { stdout: 'text\n', status: 0, signal: null, ...nothingLeft }, stderr);
});

test('the thread that reaps the children of an ended Worker sleeps, though they are more than the limit', async () => {
  const { result, code, stderr } = await runFixture('orphans-above-limit.mjs');
  assert.equal(code, 0, stderr);
  assert.deepEqual(result, { sleeps: true });
});
