/** The user of a child, with the groups that the system has for that user. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { register, safeSpawn } from 'safe-spawn';
import { runFixture } from '../helpers/fixture.mjs';
import { probe } from '../helpers/probe.mjs';
import { withoutRoot } from '../helpers/requirements.mjs';
import { OURS, WAYS } from '../helpers/ways.mjs';

const require = createRequire(import.meta.url);
const root = { skip: withoutRoot };

/** Someone with another primary group than root's. */
const [name, , uid, gid] = readFileSync('/etc/passwd', 'utf8')
  .split('\n')
  .map((line) => line.split(':'))
  .find(([, , uid, gid]) => uid !== '0' && gid !== '0');
const USER = { uid: same(uid), gid: same(gid), groups: groupsOf(name) };

/** As another implementation has them. */
function groupsOf(user) {
  const ids = execFileSync('id', ['-G', user], { encoding: 'utf8' }).trim().split(' ').map(Number);
  return ids.sort((one, other) => one - other);
}

function same(id) {
  return [Number(id), Number(id), Number(id)];
}

const idsOf = ({ uid, gid, groups }) => ({ uid, gid, groups });
const childWith = async (options) => idsOf(await probe(safeSpawn, options));

for (const user of [name, Number(uid)]) {
  test(`the user ${user} has the groups of the system`, root, async () => {
    assert.deepEqual(await childWith({ user }), USER);
    assert.deepEqual(await childWith({ user, groups: 'init' }), USER);
  });
}

test('gid and groups replace those of the system', root, async () => {
  assert.deepEqual(await childWith({ user: name, gid: 4711, groups: [10] }), {
    uid: USER.uid,
    gid: same(4711),
    groups: [10],
  });
  assert.deepEqual(await childWith({ user: name, groups: [] }), { ...USER, groups: [] });
  const { gid: group, groups } = await childWith({ user: name, gid: 'root' });
  assert.deepEqual(group, same(0));
  assert.ok(groups.includes(0));
});

test('root is a user too', root, async () => {
  assert.deepEqual(await childWith({ user: 'root' }), {
    uid: same(0),
    gid: same(0),
    groups: groupsOf('root'),
  });
});

test('uid alone keeps the primary group of this process', root, async () => {
  assert.deepEqual((await childWith({ uid: Number(uid) })).gid, same(process.getgid()));
});

test('uid null is none, as for Node', root, async () => {
  assert.deepEqual(await childWith({ user: name, uid: null }), USER);
});

test('the environment stays that of this process', root, async () => {
  const child = safeSpawn('echo $HOME $USER', { shell: true, user: name, env: { HOME: '/h', USER: 'u' } });
  assert.equal((await child.stdout.toArray()).join(''), '/h u\n');
});

for (const [way, start] of Object.entries(WAYS)) {
  test(`${way} takes a user, and takes one from register()`, root, async () => {
    assert.deepEqual(idsOf(JSON.parse(await start(OURS, { user: name }))), USER);
    const unregister = register({ user: name });
    try {
      const registered = require('node:child_process');
      assert.deepEqual(idsOf(JSON.parse(await start(registered, {}))), USER);
      const other = idsOf(JSON.parse(await start(registered, { uid: 4711, gid: 4712 })));
      assert.deepEqual(other, { uid: same(4711), gid: same(4712), groups: [] });
      const replaced = idsOf(JSON.parse(await start(OURS, { user: 'root' })));
      assert.deepEqual(replaced.uid, same(0));
    } finally {
      unregister();
    }
  });
}

test('an unprivileged process starts nothing', async () => {
  for (const user of ['root', 'nobody']) {
    const { result } = await runFixture('refused-option.mjs', { options: { user } });
    assert.deepEqual([result.step, result.code, result.children], ['groups', 'EPERM', 0]);
    assert.match(result.message, /CAP_SETGID/);
  }
});

test('an unprivileged process without groups fails at the id', async () => {
  const { result } = await runFixture('refused-option.mjs', { options: { user: 'root', groups: [] } });
  assert.deepEqual([result.code, result.children], ['EPERM', 0]);
});
