// What a child got of its parent without being told of it.
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'safe-spawn/inspect';
import { root } from '../helpers/native.mjs';
import { withoutHardLimit } from '../helpers/requirements.mjs';
import { scratchDirectory } from '../helpers/scratch.mjs';
import { memberWith, startFamily } from './family.mjs';

const program = join(root, 'test', 'fixtures', 'inspect', 'leaks.py');

async function findingsOf(t, ...args) {
  const parent = startFamily(t, 'python3', [program, ...args], {
    cwd: mkdtempSync(join(scratchDirectory(), 'leaks-')),
  });
  const pid = await memberWith(parent.pid, 'sleep');
  return { parent: parent.pid, pid, ...inspect({ pids: [pid] }) };
}

for (const family of ['tcp', 'unix']) {
  test(`a child that holds the listening ${family} socket of its parent is found, with the address`, async (t) => {
    const { parent, pid, findings } = await findingsOf(t, family);
    assert.deepEqual(
      findings.map(({ kind, process }) => ({ kind, pid: process.pid })),
      [{ kind: 'leaked-listener', pid }],
    );
    const [{ fd, address, holders }] = findings;
    assert.match(address, family === 'tcp' ? /^tcp port \d+$/ : /^\/.*\/socket$/);
    assert.deepEqual(
      holders.map((holder) => [holder.pid, holder.fd]),
      [
        [parent, fd],
        [pid, fd],
      ],
    );
  });
}

test('a child that holds the master of a terminal of its parent is found', async (t) => {
  const { findings } = await findingsOf(t, 'terminal');
  assert.deepEqual(
    findings.map(({ kind }) => kind),
    ['leaked-terminal'],
  );
});

test('a child that holds both ends of its own stdin is found', async (t) => {
  const { findings } = await findingsOf(t, 'stdin');
  assert.deepEqual(
    findings.map(({ kind, fd }) => ({ kind, fd })),
    [{ kind: 'leaked-end', fd: 0 }],
  );
});

for (const told of ['LISTEN_FDS=1', 'HANDED=fd FD']) {
  test(`a child that is told of a listening socket by ${told} is no finding`, async (t) => {
    const { findings } = await findingsOf(t, 'tcp', told);
    assert.deepEqual(findings, []);
  });
}

const high = { skip: withoutHardLimit(1500) };

test('notes tell of what was inherited, locked, deleted, or is too high', high, async (t) => {
  const { pid, notes } = await findingsOf(t, 'files');
  const told = Object.fromEntries(
    notes.map(({ kind, descriptors }) => [kind, descriptors.map(({ fd }) => fd)]),
  );
  assert.ok(notes.every(({ process }) => process.pid === pid));
  assert.deepEqual(told['inherited'], [70, 71, 1500]);
  assert.deepEqual(told['inherited-lock'], [70]);
  assert.deepEqual(told['deleted-file'], [71, 1500]);
  assert.deepEqual(told['above-select'], [1500]);
  assert.deepEqual(told['above-limit'], [1500]);
  assert.deepEqual(told['inheritable'], [70, 71, 1500]);
});

test('notes tell of children that are dead and not waited for', async (t) => {
  const parent = startFamily(t, 'python3', [program, 'zombie']);
  await memberWith(parent.pid, 'sleep');
  const { notes } = inspect({ pids: [parent.pid] });
  assert.equal(notes.find(({ kind }) => kind === 'zombies').value, 1);
});

test('notes are left out where they are not asked for', async (t) => {
  const { pid } = await findingsOf(t, 'files');
  assert.deepEqual(inspect({ pids: [pid], notes: false }).notes, []);
});
