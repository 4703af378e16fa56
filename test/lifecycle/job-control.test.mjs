import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFixture } from '../helpers/fixture.mjs';
import { jobPath } from '../helpers/native.mjs';

/** A child that was stopped before its execve kept the launching thread, and so the shell, waiting. */
test('Ctrl-Z at any moment of a launch stops the whole job, and SIGCONT continues all of it', async () => {
  const { code, stdout, stderr } = await runFixture(
    'stoppable-spawns.mjs',
    {},
    { through: [jobPath, '300'] },
  );
  assert.deepEqual({ code, stdout }, { code: 0, stdout: '300 stops\n' }, stderr);
});
