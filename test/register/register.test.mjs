import assert from 'node:assert/strict';
import childProcess, { spawn } from 'node:child_process';
import { test } from 'node:test';
import { register } from 'safe-spawn';
import { IMPORTED, REQUIRED, run, runRaw } from './run.mjs';

function all(results, value) {
  return Object.fromEntries(Object.keys(results).map((way) => [way, value]));
}

test('descriptors of native code reach children of every method unless register is loaded', async () => {
  const results = await run('ways.mjs');
  assert.deepEqual(results, all(results, 'leak'));
});

for (const [title, flags] of Object.entries({ '-r': REQUIRED, '--import': IMPORTED })) {
  test(`with ${title}, it reaches none`, async () => {
    const results = await run('ways.mjs', flags);
    assert.deepEqual(results, all(results, 'none'));
  });
}

test('--require reaches Workers that are started from a text, and --import does not', async () => {
  const input = { ofText: true };
  const way = 'spawnSync in a Worker of a text';
  assert.deepEqual(await run('ways.mjs', REQUIRED, { input }), { [way]: 'none' });
  assert.deepEqual(await run('ways.mjs', IMPORTED, { input }), { [way]: 'leak' });
});

test('NODE_OPTIONS registers too', async () => {
  const results = await run('ways.mjs', [], { env: { NODE_OPTIONS: REQUIRED.join(' ') } });
  assert.deepEqual(results, all(results, 'none'));
});

for (const name of ['uid', 'rlimit']) {
  test(`register({ ${name} }) is refused, and registers nothing`, () => {
    assert.throws(() => register({ [name]: 1 }), {
      code: 'ERR_INVALID_ARG_VALUE',
      message: new RegExp(`'options.${name}'`),
    });
    assert.equal(childProcess.spawn, spawn);
  });
}

test('register can be called more than once, and is undone when each was undone', async () => {
  assert.deepEqual(await run('undone.mjs'), {
    registered: true,
    afterOneOfTwo: true,
    afterTheSameAgain: true,
    afterBoth: true,
    wrapperStays: true,
    othersAreRestored: true,
  });
});

test('with two copies of the library a command runs once', async () => {
  const { different, stillRegistered, restored, ...counts } = await run('copies.mjs');
  assert.deepEqual(
    { different, stillRegistered, restored },
    { different: true, stillRegistered: true, restored: true },
  );
  assert.deepEqual(counts, all(counts, 1));
});

test('default launch options reach every child, and descriptors that are kept', async () => {
  assert.deepEqual(await run('defaults.mjs'), {
    imported: '512',
    taken: '512',
    safe: '512',
    sync: '512',
    own: '300',
    ownCore: '0',
    nullPrototype: '300',
    notPlain: Array(5).fill('ERR_INVALID_ARG_TYPE'),
    fds: '700',
    fdsSync: '700',
    fdsOfAnother: '700\n701',
    second: '400',
    firstAgain: '512',
    afterwards: true,
    wrong: [
      ...Array(3).fill('ERR_INVALID_ARG_VALUE'),
      'ERR_INVALID_ARG_TYPE',
      'ERR_INVALID_ARG_VALUE',
      'ERR_INVALID_ARG_TYPE',
      'ERR_INVALID_ARG_TYPE',
    ],
    registeredByWrong: false,
  });
});

for (const when of ['before', 'after']) {
  test(`tools that wrapped functions ${when} register go on being called, and nothing leaks`, async () => {
    const { seen, calls } = await run('tools.mjs', [], { input: { when } });
    assert.deepEqual(seen, {
      spawn: 'none\nyes',
      exec: 'none\nyes',
      execFile: 'none\nyes',
      spawnSync: 'none',
    });
    const { spawn, exec, constructed, method } = calls;
    assert.deepEqual({ spawn, exec, constructed, method }, { spawn: 1, exec: 1, constructed: 3, method: 3 });
  });
}

test('under --permission without --allow-addons it fails at start, and says which flag is missing', async () => {
  const flag = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';
  const flags = [flag, '--allow-fs-read=*', '--allow-child-process', ...REQUIRED];
  const { code, stdout, stderr } = await runRaw('ways.mjs', flags, { stdio: ['ignore', 'pipe', 'pipe'] });
  assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
  assert.match(stderr, /ERR_SAFE_SPAWN_ADDONS_DISABLED/);
  assert.match(stderr, /--allow-addons/);
});
