import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFixture } from '../helpers/fixture.mjs';

const CODE = 3;

for (const thread of ['main', 'worker']) {
  for (const event of ['spawn', 'data', 'exit', 'close', 'error']) {
    test(`process.exit() in a listener of '${event}' ends the ${thread} thread with its code`, async () => {
      const { code, signal, stderr } = await runFixture('exit-in-callback.mjs', { event, thread });
      assert.deepEqual({ code, signal, stderr }, { code: CODE, signal: null, stderr: '' });
    });
  }

  test(`a child started in the process's 'exit' listener does not disturb the end of the ${thread} thread`, async () => {
    const { code, signal, stderr } = await runFixture('exit-in-callback.mjs', {
      event: 'process exit',
      thread,
    });
    assert.deepEqual({ code, signal, stderr }, { code: CODE, signal: null, stderr: '' });
  });
}
