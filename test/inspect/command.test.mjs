// What the command accepts, refuses, and exits with.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, cpSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { safeSpawn } from 'safe-spawn';
import { inspect } from 'safe-spawn/inspect';
import { root, seccompRunPath } from '../helpers/native.mjs';
import { withoutMountNamespace, withoutRoot } from '../helpers/requirements.mjs';
import { scratchDirectory } from '../helpers/scratch.mjs';
import { runInspect, safeSpawnCommand } from './run.mjs';

const NOBODY = 65_534;
const NO_PID = 2 ** 30;

describe('exit code', () => {
  test('0 for a process that holds what it should', async (t) => {
    const child = safeSpawn('sleep', ['1000']);
    t.after(() => child.kill('SIGKILL'));
    const { code, stdout, stderr } = await runInspect([child.pid]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    assert.match(stdout, /nothing found; \d+ processes/);
  });

  for (const words of [['--wrong'], ['abc'], ['-1'], ['0'], ['1.5'], ['1e3'], ['']]) {
    test(`2 for ${JSON.stringify(words)}, which is named, and nothing is read`, async () => {
      const { code, stdout, stderr } = await runInspect(words);
      assert.deepEqual({ code, stdout }, { code: 2, stdout: '' });
      assert.ok(stderr.includes(`: ${words[0]}: neither a PID nor an option`), stderr);
    });
  }

  test('2 for a process that is not there, and the rest is reported', async () => {
    const { code, stdout, stderr } = await runInspect(['--json', NO_PID, process.pid, 'abc']);
    assert.equal(code, 2);
    assert.deepEqual(JSON.parse(stdout).failures, [{ pid: NO_PID, code: 'ESRCH' }]);
    assert.deepEqual(
      stderr.split('\n').map((line) => line.split(': ')[1]),
      ['abc', String(NO_PID), undefined],
    );
  });

  test('2 and the usage if there is no such command', () => {
    for (const [words, complaint] of [
      [[], ''],
      [['look'], 'safe-spawn: look: no such command\n'],
    ]) {
      const { status, stdout, stderr } = safeSpawnCommand(words);
      assert.deepEqual({ status, stdout }, { status: 2, stdout: '' });
      assert.ok(stderr.startsWith(`${complaint}usage: safe-spawn inspect`), stderr);
    }
  });

  test('0 and the usage for --help', () => {
    for (const words of [['--help'], ['-h'], ['inspect', '--help'], ['inspect', '-h']]) {
      const { status, stdout, stderr } = safeSpawnCommand(words);
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
      assert.match(stdout, /^usage: safe-spawn inspect/);
    }
  });
});

describe('as another user', { skip: withoutRoot }, () => {
  test('an unprivileged user sees its own processes, and the number of the others', async (t) => {
    const child = safeSpawn('sleep', ['1000'], { uid: NOBODY, gid: NOBODY });
    t.after(() => child.kill('SIGKILL'));
    const { code, stdout } = await runInspect(['--json', child.pid], { uid: NOBODY, gid: NOBODY, cwd: '/' });
    assert.equal(code, 0);
    assert.ok(JSON.parse(stdout).processes.unreadable > 0);
  });

  test('a process that it may not read is exit code 2, and is named', async () => {
    const { code, stderr } = await runInspect([process.pid], { uid: NOBODY, gid: NOBODY, cwd: '/' });
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`^safe-spawn inspect: ${process.pid}: .*may not be read`));
  });
});

test('--version prints that of the package', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { status, stdout } = safeSpawnCommand(['--version']);
  assert.deepEqual({ status, stdout }, { status: 0, stdout: `${version}\n` });
});

test('a report that can not be written is exit code 2, and no result', () => {
  const full = openSync('/dev/full', 'w');
  const lost = safeSpawnCommand(['inspect', String(process.pid)], ['ignore', full, 'pipe']);
  assert.deepEqual(
    { status: lost.status, stderr: lost.stderr },
    { status: 2, stderr: 'safe-spawn: cannot write to stdout: ENOSPC\n' },
  );
  assert.equal(safeSpawnCommand(['look'], ['ignore', 'pipe', full]).status, 2);
  closeSync(full);
});

test('the reader of the report may go away', () => {
  const script = `${process.execPath} ${join(root, 'dist', 'cli', 'index.js')} inspect --json --notes | true; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  assert.match(stdout, /^[01]\n$/);
  assert.equal(stderr, '');
});

test('inspect works if no addon was built', () => {
  const copy = mkdtempSync(join(scratchDirectory(), 'package-'));
  cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true });
  const command = [join(copy, 'dist', 'cli', 'index.js'), 'inspect', String(process.pid)];
  const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
});

test('without proc(5) inspect() says so', () => {
  const empty = mkdtempSync(join(scratchDirectory(), 'empty-'));
  assert.throws(() => inspect({ root: empty }), { code: 'ENOENT', path: empty });
  assert.throws(() => inspect({ root: join(empty, 'none') }), { code: 'ENOENT' });
});

test('without proc(5) the command says so, and exits with 2', { skip: withoutMountNamespace() }, () => {
  const command = ['no-proc', '--', process.execPath, join(root, 'dist', 'cli', 'index.js'), 'inspect'];
  const { status, stdout, stderr } = spawnSync(seccompRunPath, command, { encoding: 'utf8' });
  assert.deepEqual({ status, stdout }, { status: 2, stdout: '' });
  assert.match(stderr, /no proc\(5\) is mounted at \/proc\n$/);
});

test('inspect() refuses what can be no process', () => {
  for (const pids of [1, '1', {}, [1n], ['1'], [null]]) {
    assert.throws(() => inspect({ pids }), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  for (const pid of [0, -1, 1.5, Number.NaN]) {
    assert.throws(() => inspect({ pids: [pid] }), { code: 'ERR_OUT_OF_RANGE' });
  }
});
