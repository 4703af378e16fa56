/** The message alone tells why a program was not started: logs have nothing else. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import fs, { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { safeExecFile, safeExecFileSync, safeSpawn, safeSpawnSync } from 'safe-spawn';
import { failureOf } from '../helpers/failures.mjs';
import { runFixture } from '../helpers/fixture.mjs';
import { withoutRoot } from '../helpers/requirements.mjs';
import { scratchDirectory } from '../helpers/scratch.mjs';

const NOBODY = 65_534;
const d = scratchDirectory();

function file(name, content, mode = 0o755) {
  const path = join(d, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

/** A copy of the shell that names a dynamic linker which is not there. */
function withoutLinker() {
  const bytes = readFileSync('/bin/sh');
  const at = bytes.indexOf('/lib');
  bytes.write('/LIB', at);
  const name = bytes.subarray(at, bytes.indexOf(0, at)).toString();
  return { path: file('without-linker', bytes), name };
}

execFileSync('mkfifo', ['-m', '777', join(d, 'fifo')]);
symlinkSync('/nonexistent/target', join(d, 'dangling'));
symlinkSync('loop', join(d, 'loop'));
mkdirSync(join(d, 'locked'));
const locked = file('locked/program', '#!/bin/sh\n');
chmodSync(join(d, 'locked'), 0o700);
const plain = file('plain', '', 0o644);
file('crlf', '#!/bin/sh\r\necho\r\n');
file('gone', '#! /nonexistent -x\n');
file('relative', '#!none\n');
file('nested', `#!${d}/gone\n`);
file('by-fifo', `#!${d}/fifo\n`);
file('by-plain', `#!${plain}\n`);
file('in-path', '#!/nonexistent\n');
const linker = withoutLinker();
const user = process.geteuid();
const BIG = 'x'.repeat(200_000);

/** What was asked for, and the message behind `spawn FILE CODE: `. */
const REASONS = [
  [['true', [], { cwd: '/nope' }], 'ENOENT', 'cwd /nope does not exist'],
  [['true', [], { cwd: `${d}/a/b` }], 'ENOENT', `cwd ${d}/a/b: directory ${d}/a does not exist`],
  [['true', [], { cwd: 'nope' }], 'ENOENT', `cwd ${process.cwd()}/nope does not exist`],
  [['true', [], { cwd: plain }], 'ENOTDIR', `cwd ${plain} is not a directory`],
  [['true', [], { cwd: `${plain}/in` }], 'ENOTDIR', `cwd ${plain}/in: ${plain} is not a directory`],
  [
    ['true', [], { cwd: `${d}/dangling` }],
    'ENOENT',
    `cwd ${d}/dangling is a symbolic link to /nonexistent/target, which does not exist`,
  ],
  [[`${d}/absent`], 'ENOENT', `${d}/absent does not exist`],
  [[`${d}/no/absent`], 'ENOENT', `directory ${d}/no does not exist`],
  [['./absent', [], { cwd: d }], 'ENOENT', `${d}/absent does not exist`],
  [['absent', [], { env: { PATH: '/nope:/bin' } }], 'ENOENT', 'absent is not in PATH /nope:/bin'],
  [['absent', [], { env: {} }], 'ENOENT', 'absent is not in /bin or /usr/bin (the child has no PATH)'],
  [
    ['ls -la', [], { env: { PATH: '/bin' } }],
    'ENOENT',
    "'ls -la' is not in PATH /bin; arguments belong in an array, or need the option shell",
  ],
  [
    [`${d}/dangling`],
    'ENOENT',
    `${d}/dangling is a symbolic link to /nonexistent/target, which does not exist`,
  ],
  [[`${d}/loop`], 'ELOOP', `${d}/loop is a symbolic link to loop, which leads back to it`],
  [[`${d}/fifo`], 'EACCES', `${d}/fifo is a FIFO, not a program`],
  [[d], 'EACCES', `${d} is a directory, not a program`],
  [['/dev/null'], 'EACCES', '/dev/null is a device, not a program'],
  [
    [plain],
    'EACCES',
    new RegExp(`^${plain} is not executable by uid ${user} \\(mode 0644, owner ${user}, group \\d+\\)$`),
  ],
  [[`${plain}/in`], 'ENOTDIR', `${plain} is not a directory`],
  [
    [`${d}/crlf`],
    'ENOENT',
    `the interpreter of ${d}/crlf, '/bin/sh\\r', does not exist (the first line ends with CR LF)`,
  ],
  [[`${d}/gone`], 'ENOENT', `the interpreter of ${d}/gone, /nonexistent, does not exist`],
  [['./relative', [], { cwd: d }], 'ENOENT', `the interpreter of ${d}/relative, none, does not exist`],
  [
    [`${d}/nested`],
    'ENOENT',
    `the interpreter of ${d}/nested, ${d}/gone, can't be executed: ` +
      `the interpreter of ${d}/gone, /nonexistent, does not exist`,
  ],
  [
    [`${d}/by-fifo`],
    'EACCES',
    `the interpreter of ${d}/by-fifo, ${d}/fifo, can't be executed: ${d}/fifo is a FIFO, not a program`,
  ],
  [
    [`${d}/by-plain`],
    'EACCES',
    /^the interpreter of .*by-plain, .*plain, can't be executed: .*plain is not executable/,
  ],
  [
    ['in-path', [], { env: { PATH: `/nope:${d}:/bin` } }],
    'ENOENT',
    `the interpreter of ${d}/in-path, /nonexistent, does not exist`,
  ],
  [['plain', [], { env: { PATH: `${d}:/bin` } }], 'EACCES', /plain is not executable by uid/],
  [
    [linker.path],
    'ENOENT',
    new RegExp(`^the dynamic linker of ${linker.path}, ${linker.name}, .*does not exist$`),
  ],
  [['true', [], { shell: '/nonexistent' }], 'ENOENT', '/nonexistent does not exist'],
  [['true', [BIG]], 'E2BIG', 'argument 1 of true has 200000 bytes, and the kernel takes 131071 for each'],
  [['true', [], { env: { BIG } }], 'E2BIG', /^environment variable BIG of true has 200004 bytes/],
  [['true', Array(100).fill(BIG.slice(0, 100_000))], 'E2BIG', /quarter of the limit on the stack/],
  [['n'.repeat(300)], 'ENAMETOOLONG', /a name in it is longer than 255$/],
  [
    ['true', [], { stdio: [0, 1, 2, 19_999] }],
    'EBADF',
    'stdio[3] of true is descriptor 19999, which is not open',
  ],
];

const show = (parameters) => JSON.stringify(parameters).slice(0, 100);

for (const [[program, args = [], options = {}], code, reason] of REASONS) {
  test(`${show([program, options])} is ${code}, with the reason`, async () => {
    const asynchronous = await failureOf(safeSpawn, { file: program, args, options });
    const { error } = safeSpawnSync(program, args, options);
    for (const { message, code: told } of [asynchronous, error]) {
      assert.equal(told, code);
      const [text, rest] = [
        message.slice(0, message.indexOf(`${code}: `)),
        message.slice(message.indexOf(`${code}: `)),
      ];
      assert.match(text, /^spawn(Sync)? /);
      const behind = rest.slice(`${code}: `.length);
      if (typeof reason === 'string') assert.equal(behind, reason);
      else assert.match(behind, reason);
    }
  });
}

test('the functions with a callback, and those that throw, have it too', async () => {
  const reason = `spawn ${d}/absent ENOENT: ${d}/absent does not exist`;
  const [error] = await new Promise((resolve) =>
    safeExecFile(`${d}/absent`, (...results) => resolve(results)),
  );
  assert.equal(error.message, reason);
  assert.throws(() => safeExecFileSync(`${d}/absent`), { message: reason.replace('spawn', 'spawnSync') });
});

test('a directory that another user may not search', { skip: withoutRoot }, async () => {
  chmodSync(d, 0o755);
  const options = { uid: NOBODY, gid: NOBODY };
  const { message } = await failureOf(safeSpawn, { file: locked, options });
  assert.equal(
    message,
    `spawn ${locked} EACCES: directory ${d}/locked may not be searched by uid ${NOBODY} (mode 0700, owner 0, group 0)`,
  );
});

test('a user without privileges, by mode and by group', { skip: withoutRoot }, async () => {
  const program = file('for-group', '#!/bin/sh\n', 0o750);
  const { message } = await failureOf(safeSpawn, { file: program, options: { uid: NOBODY, gid: NOBODY } });
  assert.match(message, /for-group is not executable by uid 65534 \(mode 0750, owner 0, group 0\)$/);
});

test('a mount on which nothing may be executed', { skip: withoutMount() }, async () => {
  const directory = join(d, 'with space');
  mkdirSync(directory);
  const script = 'mount -t tmpfs -o noexec none "$0" && cp /bin/true "$0/program" && exec "$@"';
  const through = ['unshare', '-m', 'sh', '-c', script, directory];
  const { result } = await runFixture('failing-launch.mjs', { file: `${directory}/program` }, { through });
  assert.deepEqual(result, {
    code: 'EACCES',
    message: `spawn ${directory}/program EACCES: '${directory}/program' is on '${directory}', which is mounted noexec`,
  });
});

function withoutMount() {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'needs mount namespaces';
  }
}

test('a working directory of this process that is gone', async () => {
  const { result } = await runFixture('failing-launch.mjs', { file: './absent', inRemovedDirectory: true });
  assert.equal(result.code, 'ENOENT');
  assert.match(result.message, /^spawn .\/absent ENOENT/);
});

test('all numbers in use', async () => {
  const { result } = await runFixture(
    'failing-launch.mjs',
    { file: 'true', fillsTable: true },
    { launcher: ['--nofile', '100:100'] },
  );
  assert.equal(result.code, 'EMFILE');
  assert.match(
    result.message,
    /^spawn true EMFILE: this process has as many descriptors as .*RLIMIT_NOFILE 100\)$/,
  );
});

test('a socket for datagrams is named by its entry', async () => {
  const socket = createSocket('udp4').bind(0);
  await once(socket, 'listening');
  const { code, message } = await failureOf(safeSpawn, {
    file: 'true',
    options: { stdio: [0, 1, 2, socket] },
  });
  socket.close();
  // Since 26 Node itself refuses it.
  if (code === 'ERR_INVALID_ARG_VALUE') return;
  assert.equal(message, "spawn EINVAL: stdio[3] of true is a UDP socket, and can't be passed on");
});

test('what names something else in the child is not explained', async () => {
  const { message } = await failureOf(safeSpawn, { file: '/proc/self/fd/19999' });
  assert.equal(message, 'spawn /proc/self/fd/19999 ENOENT');
});

test('a file system that another library has replaced spoils no error', async (t) => {
  t.mock.method(fs, 'statSync', () => {
    throw new TypeError('not this one');
  });
  const { message, code } = await failureOf(safeSpawn, { file: `${d}/gone` });
  assert.equal(code, 'ENOENT');
  assert.match(message, /^spawn .*gone ENOENT/);
});

test('names of signals without their beginning', () => {
  const hint = /KILL.*did you mean 'SIGKILL'\?/;
  assert.throws(() => safeSpawn('true', { killSignal: 'KILL' }), {
    code: 'ERR_UNKNOWN_SIGNAL',
    message: hint,
  });
  assert.throws(() => safeSpawnSync('true', { killSignal: 'KILL' }), {
    code: 'ERR_UNKNOWN_SIGNAL',
    message: hint,
  });
  assert.throws(() => safeExecFile('true', { killSignal: 'KILL' }), {
    code: 'ERR_UNKNOWN_SIGNAL',
    message: hint,
  });
  assert.throws(() => safeSpawn('true', { deathSignal: 'KILL' }), /did you mean 'SIGKILL'\?.*KILL/);
  assert.throws(() => safeSpawn('true', { deathSignal: 'NONE' }), /is not a signal\. Received 'NONE'/);
});

test('killTree() of a child that has joined another group says how to end that group', async () => {
  const leader = safeSpawn('cat', { processGroup: true });
  const child = safeSpawn('cat', { processGroup: leader.pid });
  assert.throws(() => child.killTree(), {
    code: 'ERR_SAFE_SPAWN_KILL_TREE',
    message: new RegExp(`group ${leader.pid}: .*process\\.kill\\(-${leader.pid}\\)`),
  });
  assert.throws(() => leader.killTree('KILL'), /Unknown signal: KILL \(did you mean 'SIGKILL'\?\)/);
  leader.killTree();
  await once(child, 'exit');
});
