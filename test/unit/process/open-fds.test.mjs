import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { openFds } from 'safe-spawn';

const { readFlags } = createRequire(import.meta.url)('../../../dist/util/procfs-fds.js');

describe('flags of /proc/PID/fdinfo', () => {
  const texts = {
    'pos:\t0\nflags:\t0100000\nmnt_id:\t15\n': { access: 'r', closeOnExec: false },
    'pos:\t0\nflags:\t02100000\nmnt_id:\t15\n': { access: 'r', closeOnExec: true },
    'pos:\t12\nflags:\t0100001\n': { access: 'w', closeOnExec: false },
    'pos:\t0\nflags:\t02\nmnt_id:\t15\n': { access: 'rw', closeOnExec: false },
    'pos:\t0\nflags:\t02000002\nmnt_id:\t15\n': { access: 'rw', closeOnExec: true },
    'pos:\t0\nflags:\t012000000\nmnt_id:\t15\n': { access: 'path', closeOnExec: true },
    'pos:\t0\nflags:\t010000000\nmnt_id:\t15\nflags of another kind:\t02000000\n': {
      access: 'path',
      closeOnExec: false,
    },
  };
  for (const [text, expected] of Object.entries(texts)) {
    test(JSON.stringify(text), () => assert.deepEqual(readFlags(text), expected));
  }
});

test('openFds() lists in ascending order, without the descriptor that it reads the list with', () => {
  const before = openFds();
  const numbers = before.map(({ fd }) => fd);
  assert.deepEqual(
    numbers,
    numbers.toSorted((one, other) => one - other),
  );
  assert.deepEqual(openFds(), before);
  assert.ok(!before.some(({ target }) => target.endsWith('/fd')));
});

test('openFds() tells how a file was opened', (t) => {
  const { O_RDONLY, O_WRONLY, O_RDWR } = constants;
  const ways = { r: O_RDONLY, w: O_WRONLY, rw: O_RDWR };
  for (const [access, flags] of Object.entries(ways)) {
    const fd = openSync('/dev/null', flags);
    t.after(() => closeSync(fd));
    assert.deepEqual(
      openFds().find((entry) => entry.fd === fd),
      { fd, target: '/dev/null', closeOnExec: true, access },
    );
  }
});

test('openFds(pid) of this process is openFds()', () => {
  assert.deepEqual(openFds(process.pid), openFds());
});

test('openFds(pid) of what is no process fails with ESRCH', async () => {
  const child = spawn('true', { stdio: 'ignore' });
  await once(child, 'exit');
  assert.throws(() => openFds(child.pid), { code: 'ESRCH', message: new RegExp(`no process ${child.pid}$`) });
});

test('openFds() refuses what can be no process', () => {
  for (const pid of ['1', null, undefined, {}, 1n])
    assert.throws(() => openFds(pid), { code: 'ERR_INVALID_ARG_TYPE' });
  for (const pid of [0, -1, 1.5, Number.NaN]) assert.throws(() => openFds(pid), { code: 'ERR_OUT_OF_RANGE' });
});
