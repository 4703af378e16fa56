/** Every function takes the options, and register() takes them for all. */
import assert from 'node:assert/strict';
import * as childProcess from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { register, safeSpawn } from 'safe-spawn';
import { probePath } from '../helpers/native.mjs';
import { fdNumbers } from '../helpers/probe.mjs';
import { OURS, WAYS } from '../helpers/ways.mjs';

const require = createRequire(import.meta.url);

const OPTIONS = { umask: 0o135, rlimits: { nofile: 321 }, processGroup: true, pipes: 'pipe', nice: 4 };

function check(text, kind = 'pipe') {
  const { umask, rlimits, pid, pgid, fds, nice } = JSON.parse(text);
  assert.deepEqual([umask, rlimits.nofile.hard, nice], [0o135, '321', 4]);
  assert.equal(pgid, pid);
  if (kind !== undefined) assert.equal(fds[1].type, kind);
}

const outputOf = async (child) => (await child.stdout.toArray()).join('');

for (const [name, start] of Object.entries(WAYS)) {
  test(`${name} takes the options`, async () => {
    check(await start(OURS, OPTIONS));
  });

  test(`${name} takes the options from register()`, async () => {
    const unregister = register(OPTIONS);
    try {
      check(await start(require('node:child_process'), {}));
    } finally {
      unregister();
    }
  });
}

test('an option of a call replaces that of register()', async () => {
  const unregister = register({ ...OPTIONS, rlimits: { nofile: 64, core: 0 } });
  try {
    const options = { umask: 0o1, rlimits: { nofile: 65 }, detached: true, pipes: undefined };
    const report = JSON.parse(await outputOf(childProcess.default.spawn(probePath, [], options)));
    const { umask, rlimits, pid, sid, fds } = report;
    assert.deepEqual([umask, rlimits.nofile.hard, rlimits.core.hard, fds[1].type], [0o1, '65', '0', 'pipe']);
    assert.equal(sid, pid);
  } finally {
    unregister();
  }
});

test('kept descriptors of a call and of register() add up', async () => {
  const [one, other] = [openSync('/dev/null'), openSync('/dev/null')];
  const unregister = register({ passFds: [one] });
  try {
    const report = JSON.parse(await outputOf(safeSpawn(probePath, { passFds: [other] })));
    assert.deepEqual(fdNumbers(report), [0, 1, 2, one, other]);
  } finally {
    unregister();
    closeSync(one);
    closeSync(other);
  }
});

test('register() refuses what a call would refuse', () => {
  const before = childProcess.default.spawn;
  for (const options of [{ umask: -1 }, { cgroup: 'relative' }, { groups: ['no-such-group'] }])
    assert.throws(() => register(options), { code: /^ERR_(OUT_OF_RANGE|INVALID_ARG_VALUE)$/ });
  assert.equal(childProcess.default.spawn, before);
});

test('a child that Node has constructed has the options and the methods, too', async () => {
  const unregister = register({ processGroup: true });
  try {
    const child = new childProcess.ChildProcess();
    child.spawn({ file: 'cat', args: ['cat'], stdio: 'pipe' });
    assert.equal(child.killTree(), true);
    assert.deepEqual(await once(child, 'exit'), [null, 'SIGTERM']);
    assert.equal(typeof child.resourceUsage().maxRSS, 'number');
  } finally {
    unregister();
  }
});
