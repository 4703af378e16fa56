import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { getRlimit, safeSpawn, setRlimit } from 'safe-spawn';
import { runFixture } from '../../helpers/fixture.mjs';
import { probe } from '../../helpers/probe.mjs';
import { withCapSysResource, withoutRoot } from '../../helpers/requirements.mjs';

const { rlimits } = await probe(safeSpawn);

for (const [resource, { soft, hard }] of Object.entries(rlimits)) {
  test(`getRlimit('${resource}') tells what a child inherits`, () => {
    const limit = getRlimit(resource);
    assert.deepEqual({ soft: `${limit.soft}`, hard: `${limit.hard}` }, { soft, hard });
  });
}

test('setRlimit changes a limit of this process, and returns what it was', () => {
  const before = getRlimit('core');
  assert.deepEqual(setRlimit('core', { soft: 0 }), before);
  assert.deepEqual(getRlimit('core'), { soft: 0, hard: before.hard });
  assert.deepEqual(setRlimit('core', before), { soft: 0, hard: before.hard });
  assert.deepEqual(getRlimit('core'), before);
});

test('setRlimit changes a limit of another process, which alone has it', async () => {
  const before = getRlimit('nofile');
  const child = safeSpawn('cat');
  assert.deepEqual(setRlimit('nofile', { soft: 99, hard: 123 }, child.pid), before);
  assert.deepEqual(getRlimit('nofile', child.pid), { soft: 99, hard: 123 });
  assert.match(readFileSync(`/proc/${child.pid}/limits`, 'utf8'), /^Max open files +99 +123 /m);
  assert.deepEqual(getRlimit('nofile'), before);
  child.stdin.end();
  await once(child, 'exit');
});

test('a value that is no exact number is a bigint', async () => {
  const child = safeSpawn('cat', { rlimits: { fsize: 2n ** 62n + 1n } });
  assert.equal(getRlimit('fsize', child.pid).soft, 2n ** 62n + 1n);
  child.stdin.end();
  await once(child, 'exit');
});

test('a process that is gone is ESRCH', async () => {
  const child = safeSpawn('true', { stdio: 'ignore' });
  await once(child, 'exit');
  const gone = { code: 'ESRCH', syscall: 'prlimit', message: new RegExp(`no process ${child.pid}$`) };
  assert.throws(() => getRlimit('core', child.pid), gone);
  assert.throws(() => setRlimit('core', 0, child.pid), gone);
});

test('a process of another user is EPERM, and the message names it', { skip: withoutRoot }, async () => {
  const { result } = await runFixture('foreign-limit.mjs');
  assert.equal(result.code, 'EPERM');
  assert.match(result.message, new RegExp(`CAP_SYS_RESOURCE .* process ${result.pid}$`));
});

test('a hard limit that may not be raised is EPERM, and the message says what is missing', {
  skip: withCapSysResource,
}, async () => {
  const child = safeSpawn('cat', { rlimits: { nofile: 64 } });
  assert.throws(() => setRlimit('nofile', 128, child.pid), {
    code: 'EPERM',
    message: /rlimit nofile hard 128 exceeds the hard limit 64 and CAP_SYS_RESOURCE is missing/,
  });
  child.stdin.end();
  await once(child, 'exit');
});

for (const [what, parameters, code] of [
  ['an unknown resource', ['files'], 'ERR_INVALID_ARG_VALUE'],
  ['a resource by number', [7], 'ERR_INVALID_ARG_TYPE'],
  ['a pid of 0', ['core', 0], 'ERR_OUT_OF_RANGE'],
  ['a pid that is a string', ['core', '1'], 'ERR_INVALID_ARG_TYPE'],
  ['a pid of undefined, as of a child that was not started,', ['core', undefined], 'ERR_INVALID_ARG_TYPE'],
]) {
  test(`getRlimit: ${what} is ${code}`, () => {
    assert.throws(() => getRlimit(...parameters), { code });
  });
}

test('setRlimit of a child that was not started does not change this process', () => {
  const before = getRlimit('core');
  const child = safeSpawn('no-such-program').on('error', () => {});
  assert.throws(() => setRlimit('core', { soft: 0 }, child.pid), { code: 'ERR_INVALID_ARG_TYPE' });
  assert.deepEqual(getRlimit('core'), before);
});

for (const [what, value, code] of [
  ['a negative number', -1, 'ERR_OUT_OF_RANGE'],
  ['soft above hard', { soft: 2, hard: 1 }, 'ERR_OUT_OF_RANGE'],
  ['a word', 'none', 'ERR_INVALID_ARG_VALUE'],
  ['nothing', undefined, 'ERR_INVALID_ARG_TYPE'],
]) {
  test(`setRlimit: ${what} is ${code}, and changes nothing`, () => {
    const before = getRlimit('core');
    assert.throws(() => setRlimit('core', value), { code, message: /value/ });
    assert.deepEqual(getRlimit('core'), before);
  });
}
