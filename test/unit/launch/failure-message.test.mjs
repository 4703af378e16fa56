/** The message alone tells why a program was not started: logs have nothing else. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import fs, {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { getRlimit, safeExecFile, safeExecFileSync, safeSpawn, safeSpawnSync, setRlimit } from 'safe-spawn';
import { failureOf } from '../../helpers/failures.mjs';
import { runFixture } from '../../helpers/fixture.mjs';
import { withoutRoot } from '../../helpers/requirements.mjs';
import { scratchDirectory } from '../../helpers/scratch.mjs';

const NOBODY = 65_534;
const { EIO } = constants.errno;
/** It is not in the list of Node. */
const ELIBBAD = 80;
const d = scratchDirectory();

function file(name, content, mode = 0o755) {
  const path = join(d, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

/** A copy of the shell whose dynamic linker has another name, which is not there by default. */
function withLinker(name = '/LIB') {
  const bytes = readFileSync('/bin/sh');
  const at = bytes.indexOf('/lib');
  bytes.write(name, at);
  return {
    path: file(`with-linker${name.length}`, bytes),
    name: bytes.subarray(at, bytes.indexOf(0, at)).toString(),
  };
}

/** Scripts whose interpreters are the next script; the last one is the first that is not written here. */
function chain(prefix, length) {
  for (let i = 1; i <= length; i += 1) file(`${prefix}${i}`, `#!${d}/${prefix}${i + 1}\n`);
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
const linker = withLinker();
file('own', `#!${d}/own\n`);
file('nameless', '#! ');
chain('six', 6);
chain('seven', 7);
file('seven8', '#!/bin/sh\n');
mkdirSync(join(d, 'links'));
symlinkSync('/nonexistent', join(d, 'links', 'dangling'));
symlinkSync('/nonexistent', join(d, 'links', 'directory'));
const user = process.geteuid();
/** The name of a linker in a copy can't be longer than the one that it replaces. */
const linkToDirectory = `/tmp/${process.pid}`;
symlinkSync(d, linkToDirectory);
process.once('exit', () => unlinkSync(linkToDirectory));
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
  [['true', [BIG]], 'E2BIG', 'argument 1 of true has 200000 bytes; the kernel accepts 131071'],
  [['true', [], { env: { BIG } }], 'E2BIG', /^environment variable BIG of true has 200004 bytes/],
  [
    ['true', Array(100).fill(BIG.slice(0, 100_000))],
    'E2BIG',
    / bytes, and the kernel takes \d+, a quarter of RLIMIT_STACK \d+$/,
  ],
  [
    ['true', [BIG], { rlimits: { stack: { soft: 64 << 20 } } }],
    'E2BIG',
    'argument 1 of true has 200000 bytes; the kernel accepts 131071',
  ],
  [
    ['true', Array(100).fill(BIG.slice(0, 100_000)), { rlimits: { stack: { soft: 64 << 20 } } }],
    'E2BIG',
    /^arguments and environment of true need 1000\d{4} bytes, and the kernel takes at most 6291456$/,
  ],
  [
    ['true', [], { env: { 'A\n\x1b[31m': BIG } }],
    'E2BIG',
    /^environment variable 'A\\n\\x1B\[31m' of true has/,
  ],
  [['/no\u202epe'], 'ENOENT', "'/no\\u202epe' does not exist"],
  [[`${d}/crlf/`], 'ENOTDIR', `${d}/crlf is not a directory`],
  [[`${d}/own`], 'ELOOP', `${d}/own is its own interpreter`],
  [
    [`${d}/seven1`],
    'ELOOP',
    `the interpreter of ${d}/seven1, ${d}/seven2, leads to more than 5 interpreters`,
  ],
  [[`${d}/six1`], 'ENOENT', new RegExp(`the interpreter of ${d}/six6, ${d}/six7, does not exist$`)],
  [[`${d}/nameless`], 'EACCES', `${d}/nameless names no interpreter after #!`],
  [
    ['dangling', [], { env: { PATH: `/nope:${d}/links` } }],
    'ENOENT',
    `${d}/links/dangling is a symbolic link to /nonexistent, which does not exist`,
  ],
  [
    ['absent', [], { env: { PATH: `${d}/links/directory` } }],
    'ENOENT',
    `absent is not in PATH ${d}/links/directory; ` +
      `${d}/links/directory is a symbolic link to /nonexistent, which does not exist`,
  ],
  [['absent', [], { env: { PATH: `/${'n'.repeat(5000)}` } }], 'ENOENT', /^absent is not in PATH \/nnn/],
  [['/proc/self/fd/19999'], 'ENOENT', 'descriptor 19999 of this process is not open'],
  [['/dev/fd/19999'], 'ENOENT', 'descriptor 19999 of this process is not open'],
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

test('functions with a callback, and functions that throw, give the reason too', async () => {
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

for (const [size, errno] of [
  [10, -EIO],
  [100, -ELIBBAD],
]) {
  test(`a dynamic linker that is a script of ${size} bytes`, () => {
    file('l', '#!/bin/sh\n'.padEnd(size));
    const { path, name } = withLinker(`${linkToDirectory}/l\0`);
    const { error } = safeSpawnSync(path);
    assert.equal(error.errno, errno);
    const reason = `: the dynamic linker of ${path}, ${name}, is not an ELF file for the same machine`;
    assert.ok(error.message.endsWith(reason), error.message);
  });
}

for (const [title, busy, started, reason] of [
  ['a program', 'busy', `${d}/busy`, `${d}/busy is open for writing`],
  ['a program in PATH', 'busy', 'busy', `${d}/busy is open for writing`],
  [
    'an interpreter',
    'busy',
    `${d}/by-busy`,
    `the interpreter of ${d}/by-busy, ${d}/busy, is open for writing`,
  ],
]) {
  test(`${title} that is open for writing is ETXTBSY, with its name`, async () => {
    copyFileSync('/bin/sh', join(d, busy));
    file('by-busy', `#!${d}/${busy}\n`);
    const fd = openSync(join(d, busy), 'r+');
    const { message } = await failureOf(safeSpawn, { file: started, options: { env: { PATH: d } } });
    closeSync(fd);
    assert.equal(message, `spawn ETXTBSY: ${reason}`);
  });
}

test('a cgroup with control characters in its name', async () => {
  const { message } = await failureOf(safeSpawn, { file: 'true', options: { cgroup: '/nope\n\x1b[31m' } });
  assert.equal(message, "spawn true ENOENT: cgroup '/nope\\n\\x1B[31m' does not exist");
});

test('an inherited limit on processes of another user', { skip: withoutRoot }, async () => {
  const ids = { uid: 64_123, gid: 64_123 };
  const children = [0, 1].map(() => safeSpawn('cat', { ...ids, stdio: ['pipe', 'ignore', 'ignore'] }));
  const { soft } = getRlimit('nproc');
  setRlimit('nproc', { soft: 1 });
  const { message } = await failureOf(safeSpawn, { file: 'true', options: ids });
  setRlimit('nproc', { soft });
  for (const child of children) child.kill();
  assert.equal(message, 'spawn true EAGAIN: the user has more processes than RLIMIT_NPROC 1 allows');
});

test('a link into a process of another user', { skip: withoutRoot }, async () => {
  const { message } = await failureOf(safeSpawn, {
    file: `/proc/${process.pid}/exe`,
    options: { uid: NOBODY, gid: NOBODY },
  });
  assert.match(message, /EACCES: \/proc\/\d+\/exe leads into a process that uid 65534 may not look into$/);
});

for (const [title, launch, reason] of [
  [
    'a relative program',
    { file: './absent' },
    './absent ENOENT: the working directory of this process was removed',
  ],
  [
    'a relative directory',
    { file: 'true', options: { cwd: 'absent' } },
    'true ENOENT: cwd absent: the working directory of this process was removed',
  ],
  ['an absolute program', { file: `${d}/absent` }, `${d}/absent ENOENT: ${d}/absent does not exist`],
  [
    'a name in PATH',
    { file: 'absent', options: { env: { PATH: '/bin' } } },
    'absent ENOENT: absent is not in PATH /bin',
  ],
]) {
  test(`${title} where the working directory of this process is gone`, async () => {
    const { result } = await runFixture('failing-launch.mjs', { ...launch, inRemovedDirectory: true });
    assert.deepEqual(result, { code: 'ENOENT', message: `spawn ${reason}` });
  });
}

test('all numbers in use', async () => {
  const { result } = await runFixture(
    'failing-launch.mjs',
    { file: 'true', fillsTable: true },
    { launcher: ['--nofile', '100:100'] },
  );
  assert.equal(result.code, 'EMFILE');
  assert.match(
    result.message,
    /^spawn true EMFILE: this process has as many open descriptors as RLIMIT_NOFILE allows \(100\)$/,
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
  assert.equal(message, 'spawn EINVAL: stdio[3] of true is a UDP socket, which cannot be passed');
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
