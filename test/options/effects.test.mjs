/** What each option does, as the child sees it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { test } from 'node:test';
import { safeSpawn } from 'safe-spawn';
import { addon, probePath } from '../helpers/native.mjs';
import { fdNumbers, probe } from '../helpers/probe.mjs';
import { stateOfThisProcess } from '../helpers/processes.mjs';
import { withoutRoot } from '../helpers/requirements.mjs';

const NOBODY = 65_534;
const root = { skip: withoutRoot };

const childWith = (options) => probe(safeSpawn, options);
const oomScoreAdj = (report) => Number(report.oomScoreAdj);

const inherited = await childWith({});

async function withOpenFile(action) {
  const fd = openSync('/dev/null', 'w');
  try {
    return await action(fd);
  } finally {
    closeSync(fd);
  }
}

test('umask is that of the child alone', async () => {
  const before = process.umask();
  assert.equal((await childWith({ umask: 0o137 })).umask, 0o137);
  assert.equal((await childWith({ umask: 0 })).umask, 0);
  assert.equal(process.umask(), before);
});

test('umask as a string is octal', async () => {
  assert.equal((await childWith({ umask: '027' })).umask, 0o27);
});

test('nice is absolute', async () => {
  assert.equal((await childWith({ nice: 7 })).nice, 7);
  assert.equal((await childWith({ nice: inherited.nice })).nice, inherited.nice);
});

test('nice below that of this process needs the capability', root, async () => {
  assert.equal((await childWith({ nice: -5 })).nice, -5);
});

test('oomScoreAdj is set', async () => {
  assert.equal(oomScoreAdj(await childWith({ oomScoreAdj: 1000 })), 1000);
  assert.equal(oomScoreAdj(await childWith({ oomScoreAdj: oomScoreAdj(inherited) })), oomScoreAdj(inherited));
});

test('noNewPrivileges is set, or not', async () => {
  assert.equal((await childWith({ noNewPrivileges: true })).noNewPrivileges, 1);
  assert.equal((await childWith({ noNewPrivileges: false })).noNewPrivileges, inherited.noNewPrivileges);
});

test('processGroup true makes a group, and no session', async () => {
  const { pid, pgid, sid } = await childWith({ processGroup: true });
  assert.deepEqual({ pgid, sid }, { pgid: pid, sid: inherited.sid });
});

test('processGroup false leaves the group as it is', async () => {
  assert.equal((await childWith({ processGroup: false })).pgid, inherited.pgid);
  const { pid, sid } = await childWith({ processGroup: false, detached: true });
  assert.equal(sid, pid);
});

test('processGroup joins the group of that number', async () => {
  const leader = safeSpawn('cat', { processGroup: true });
  assert.equal((await childWith({ processGroup: leader.pid })).pgid, leader.pid);
  leader.stdin.end();
  await once(leader, 'exit');
});

test('deathSignal is set, by name or number', async () => {
  assert.equal((await childWith({ deathSignal: 'SIGUSR2' })).deathSignal, 12);
  assert.equal((await childWith({ deathSignal: 40 })).deathSignal, 40);
});

test('groups are those that are listed, by id or name', root, async () => {
  assert.deepEqual((await childWith({ groups: [4711, 'root', 10] })).groups, [0, 10, 4711]);
});

test('an empty list of groups clears them', root, async () => {
  const some = { groups: [10, 20] };
  assert.deepEqual((await childWith(some)).groups, [10, 20]);
  const { groups } = await childWith({ groups: [] });
  assert.deepEqual(groups, []);
});

test('groups "init" are those of the user, with the group of gid', root, async () => {
  assert.deepEqual((await childWith({ groups: 'init' })).groups, [0]);
  assert.deepEqual((await childWith({ groups: 'init', gid: 4711 })).groups, [4711]);
  const { uid, gid, groups } = await childWith({ uid: 'nobody', gid: NOBODY, groups: 'init' });
  assert.deepEqual({ uid, gid, groups }, { uid: ids(NOBODY), gid: ids(NOBODY), groups: [NOBODY] });
});

test('uid and gid are taken by name', root, async () => {
  const { uid, gid } = await childWith({ uid: 'nobody', gid: 'root' });
  assert.deepEqual({ uid, gid }, { uid: ids(NOBODY), gid: ids(0) });
});

test('passFds are open under their own number, and nothing else is', async () => {
  await withOpenFile(async (fd) => {
    const high = addon.duplicate(fd, 300);
    const flags = [fd, high].map(addon.fdFlags);
    const report = await childWith({ passFds: [high, fd] });
    assert.deepEqual(fdNumbers(report), [0, 1, 2, fd, high]);
    for (const kept of report.fds.slice(3)) assert.equal(kept.target, '/dev/null');
    assert.deepEqual([fd, high].map(addon.fdFlags), flags);
    addon.closeFd(high);
  });
});

test('passFds stand behind a longer stdio', async () => {
  await withOpenFile(async (fd) => {
    const stdio = ['ignore', 'ignore', 'ignore', 'pipe', fd];
    const report = await childWith({ stdio, passFds: [fd] });
    assert.deepEqual(fdNumbers(report), [0, 1, 2, 3, 4, fd]);
  });
});

test('a child without options has the attributes of this process', async () => {
  const report = await childWith({ rlimits: undefined, passFds: [], umask: undefined, groups: undefined });
  for (const name of [
    'umask',
    'nice',
    'oomScoreAdj',
    'groups',
    'pgid',
    'deathSignal',
    'noNewPrivileges',
    'rlimits',
  ])
    assert.deepEqual(report[name], inherited[name], name);
});

// ---- options that bear upon each other -----------------------------------------------------------------------

test('a descriptor above the limit nofile is kept', async () => {
  await withOpenFile(async (fd) => {
    const high = addon.duplicate(fd, 200);
    const report = await childWith({ passFds: [high], rlimits: { nofile: 64 } });
    assert.deepEqual(fdNumbers(report), [0, 1, 2, high]);
    assert.deepEqual(report.rlimits.nofile, { soft: '64', hard: '64' });
    addon.closeFd(high);
  });
});

test('the limit nofile comes after what needs a descriptor', async () => {
  const file = '/proc/self/oom_score_adj';
  const child = safeSpawn('cat', [file], { rlimits: { nofile: 4 }, oomScoreAdj: 500 });
  assert.equal((await child.stdout.toArray()).join(''), '500\n');
});

test('stdio can have more entries than the limit nofile allows', async () => {
  const stdio = ['ignore', 'pipe', 'ignore', 'pipe', 'pipe', 'pipe'];
  const child = safeSpawn(probePath, [], { stdio, rlimits: { nofile: 2 } });
  const report = JSON.parse((await child.stdout.toArray()).join(''));
  assert.deepEqual(fdNumbers(report), [0, 1, 2, 3, 4, 5]);
});

test(
  'a change of ids leaves the death signal, the limits, nice and the groups that were asked for',
  root,
  async () => {
    const report = await childWith({
      uid: NOBODY,
      gid: NOBODY,
      groups: [10],
      deathSignal: 'SIGTERM',
      nice: -3,
      umask: 0o77,
      noNewPrivileges: true,
      processGroup: true,
      rlimits: { core: 0, nofile: 100 },
    });
    const { uid, gid, groups, deathSignal, nice, umask, noNewPrivileges, pgid, pid, rlimits } = report;
    assert.deepEqual({ uid, gid, groups }, { uid: ids(NOBODY), gid: ids(NOBODY), groups: [10] });
    assert.deepEqual(
      { deathSignal, nice, umask, noNewPrivileges },
      { deathSignal: 15, nice: -3, umask: 0o77, noNewPrivileges: 1 },
    );
    assert.equal(pgid, pid);
    assert.equal(rlimits.nofile.hard, '100');
  },
);

test('a change of ids without groups drops the supplementary groups', root, async () => {
  assert.deepEqual((await childWith({ uid: NOBODY, gid: NOBODY })).groups, []);
});

test('the limit nice allows what comes after it, and nice itself comes before', root, async () => {
  const report = await childWith({ nice: -10, rlimits: { nice: 0 }, uid: NOBODY });
  assert.deepEqual([report.nice, report.rlimits.nice.hard], [-10, '0']);
});

test('all options together leave this process as it was', root, async () => {
  await withOpenFile(async (fd) => {
    await childWith(everything(fd));
    const before = stateOfThisProcess();
    await childWith(everything(fd));
    assert.deepEqual(stateOfThisProcess(), before);
  });
});

function everything(fd) {
  return {
    rlimits: { nofile: 64, core: 0 },
    passFds: [fd],
    umask: 0o77,
    nice: 3,
    oomScoreAdj: 400,
    groups: [10],
    processGroup: true,
    deathSignal: 'SIGTERM',
    noNewPrivileges: true,
    uid: NOBODY,
    gid: NOBODY,
    pipes: 'pipe',
  };
}

function ids(id) {
  return [id, id, id];
}
