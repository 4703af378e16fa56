import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { safeSpawn } from 'safe-spawn';
import { SAFE, STOCK } from '../helpers/contenders.mjs';
import { failureOf, failures } from '../helpers/failures.mjs';
import { runFixture } from '../helpers/fixture.mjs';

const NODE_FIELDS = ['code', 'errno', 'syscall', 'path', 'spawnargs'];

function nodeFields(error) {
  return Object.fromEntries(NODE_FIELDS.map((name) => [name, error[name]]));
}

for (const failure of failures) {
  test(`${failure.what} is ${failure.code}, and the step is ${failure.step}`, async () => {
    const { code, step } = await failureOf(safeSpawn, failure);
    assert.deepEqual({ code, step }, { code: failure.code, step: failure.step });
  });
}

for (const failure of failures.filter(({ options }) => options?.rlimits === undefined)) {
  test(`${failure.what} gives the error that child_process gives, with the reason behind its message`, async () => {
    const [ours, stock] = [await failureOf(safeSpawn, failure), await failureOf(spawn, failure)];
    assert.deepEqual(nodeFields(ours), nodeFields(stock));
    assert.ok(ours.message.startsWith(`${stock.message}: `), ours.message);
    assert.equal(ours.constructor, stock.constructor);
  });
}

test('a user who may make no more processes gets EAGAIN, and the step is clone', async () => {
  const { result } = await runFixture('no-more-processes.mjs', { with: SAFE });
  const { step, ...ours } = result;
  assert.equal(step, 'clone');
  const [text, reason] = ours.message.split(': ');
  assert.match(reason, /RLIMIT_NPROC/);
  ours.message = text;
  assert.deepEqual(ours, {
    code: 'EAGAIN',
    syscall: 'spawn true',
    message: 'spawn true EAGAIN',
    children: [],
  });

  const stock = await runFixture('no-more-processes.mjs', { with: STOCK });
  assert.deepEqual(ours, stock.result);
});

for (const name of ['uid', 'gid']) {
  test(`a ${name} that may not be taken is EPERM, and the step is ${name}`, async () => {
    const { result } = await runFixture('forbidden-id.mjs', { name });
    assert.deepEqual(result, { code: 'EPERM', step: name });
  });
}
