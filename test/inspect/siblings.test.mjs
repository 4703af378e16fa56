// Children of one supervisor, each with the pipes of those that were started before it.
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'safe-spawn/inspect';
import { scratchDirectory } from '../helpers/scratch.mjs';
import { writeProcess } from './synthetic.mjs';

const CLOSE_ON_EXEC = 0o2000000;
const end = (fd, pipe, access) => ({ fd, target: `pipe:[${pipe}]`, flags: access === 'r' ? '00' : '01' });
const cloexec = (entry) => ({
  ...entry,
  flags: (Number.parseInt(entry.flags, 8) | CLOSE_ON_EXEC).toString(8),
});

function findingsAmong(...processes) {
  const root = mkdtempSync(join(scratchDirectory(), 'siblings-'));
  for (const process of processes) writeProcess(root, { parent: 1, name: 'program', ...process });
  return inspect({ root }).findings.map(({ kind, process: { pid }, fd }) => ({ kind, pid, fd }));
}

const first = { pid: 11, fds: [end(1, 71, 'w'), end(1066, 71, 'r'), end(1067, 71, 'w')] };
const second = {
  pid: 12,
  fds: [end(1, 72, 'w'), end(1066, 71, 'r'), end(1068, 72, 'r'), end(1069, 72, 'w')],
};

test('orphans that hold the pipes of each other are each other no readers', () => {
  assert.deepEqual(findingsAmong(first, second), [
    { kind: 'self-held-pipe', pid: 11, fd: 1 },
    { kind: 'self-held-pipe', pid: 12, fd: 1 },
  ]);
});

const readers = {
  'its stdin is the pipe': { fds: [end(0, 71, 'r')] },
  'its end is close-on-exec': { fds: [cloexec(end(9, 71, 'r'))] },
  'it is the parent': { pid: 5, fds: [end(9, 71, 'r')], child: { ...first, parent: 5 } },
  'it is no relative': { parent: 6, fds: [end(9, 71, 'r')] },
};
for (const [reason, { child = first, ...reader }] of Object.entries(readers)) {
  test(`a process counts as a reader if ${reason}`, () => {
    assert.deepEqual(findingsAmong(child, { pid: 20, ...reader }), [{ kind: 'leaked-end', pid: 11, fd: 1 }]);
  });
}

test('a process that holds one end of its own output is no finding, whoever reads it', () => {
  assert.deepEqual(findingsAmong({ pid: 11, fds: [end(1, 71, 'w'), end(9, 71, 'w')] }), []);
});

test('a process that will get no end of input is found', () => {
  assert.deepEqual(findingsAmong({ pid: 11, fds: [end(0, 71, 'r'), end(9, 71, 'w')] }), [
    { kind: 'self-held-pipe', pid: 11, fd: 0 },
  ]);
});
