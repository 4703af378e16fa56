import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { runFixture } from '../helpers/fixture.mjs';
import { interposerPath, probePath, replacedPath, root } from '../helpers/native.mjs';
import { fdNumbers, readReport } from '../helpers/probe.mjs';
import { withoutRoot } from '../helpers/requirements.mjs';
import { scratchPath } from '../helpers/scratch.mjs';

const MARK = 'INTERPOSED=1';

function emptyLog() {
  const log = scratchPath('log');
  writeFileSync(log, '');
  chmodSync(log, 0o666);
  return log;
}

/** Resolves to what the fixture reports, and to the calls that the interposer saw in it, each as an array of words. */
async function runInterposed(plan, variables = {}, name = 'interposed.mjs') {
  const log = emptyLog();
  const env = { LD_PRELOAD: interposerPath, INTERPOSER_LOG: log, ...variables };
  const { code, signal, stderr, result } = await runFixture(name, plan, { env });
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, stderr);
  const calls = readFileSync(log, 'utf8')
    .split('\n')
    .map((line) => line.split('\t'));
  return { ...result, calls };
}

/** Other calls of the process are not marked by the child's environment. */
function executions(calls) {
  return calls.filter(([name, ...words]) => name === 'execve' && words.includes(MARK));
}

const withMark = { env: { INTERPOSED: '1' } };

describe('a tool in LD_PRELOAD that replaces functions of libc', () => {
  test('is recognised, and capabilities() names it', async () => {
    const { capabilities } = await runInterposed({ attempts: [] });
    assert.equal(capabilities.syscalls, 'libc');
    assert.equal(capabilities.cloneMode, 'fork');
    assert.ok(capabilities.reasons.syscalls.includes(interposerPath), capabilities.reasons.syscalls);
  });

  for (const sync of [false, true]) {
    test(`sees path, arguments and environment of execve, ${sync ? 'synchronously' : 'by spawn'}`, async () => {
      const attempts = [['/bin/true', ['two words', ''], { argv0: 'name', ...withMark }]];
      const { ends, calls } = await runInterposed({ attempts, sync });
      assert.deepEqual(ends, [0]);
      assert.deepEqual(executions(calls), [['execve', '/bin/true', '|', 'name', 'two words', '', '|', MARK]]);
    });
  }

  test('sees each directory of PATH that is searched, and the shell for a file without a format', async () => {
    const directory = scratchPath('directory');
    const script = join(directory, 'script');
    mkdirSync(directory);
    writeFileSync(script, 'exit 3\n', { mode: 0o755 });
    const env = { PATH: `/nonexistent:${directory}`, INTERPOSED: '1' };
    const { ends, calls } = await runInterposed({ attempts: [['script', ['x'], { env }]] });
    assert.deepEqual(ends, [3]);
    assert.deepEqual(
      executions(calls).map((words) => words.slice(1, words.indexOf('|', 3))),
      [
        ['/nonexistent/script', '|', 'script', 'x'],
        [script, '|', 'script', 'x'],
        ['/bin/sh', '|', '/bin/sh', script, 'x'],
      ],
    );
  });

  test('sees what a child does before it, in order', { skip: withoutRoot }, async () => {
    const options = {
      detached: true,
      oomScoreAdj: 500,
      umask: 0o27,
      nice: 3,
      rlimits: { core: 0 },
      cwd: '/usr',
      groups: [7],
      gid: 12,
      uid: 13,
      noNewPrivileges: true,
      deathSignal: 'SIGTERM',
      ...withMark,
    };
    const { ends, calls } = await runInterposed({ attempts: [['/bin/true', [], options]] });
    assert.deepEqual(ends, [0]);
    const last = calls.findIndex((call) => executions(calls).includes(call));
    const first = calls.findLastIndex(([name], index) => index < last && name === 'setsid');
    assert.deepEqual(
      calls.slice(first, last).map((words) => words.join(' ')),
      [
        'setsid',
        'open /dev/null',
        'open /dev/null',
        'open /dev/null',
        'open /proc/self/oom_score_adj',
        'umask 27',
        'setpriority 3',
        'setrlimit 4 0',
        'chdir /usr',
        'setgroups 1',
        'setgid 12',
        'setuid 13',
        'prctl 38',
        'prctl 1',
      ],
    );
  });

  test('makes a call fail, and the error has its step and errno', async () => {
    for (const [refused, step, options] of [
      ['execve', 'exec', {}],
      ['chdir', 'cwd', { cwd: '/' }],
      ['setsid', 'session', { detached: true }],
      ['setpriority', 'nice', { nice: 3 }],
    ]) {
      for (const sync of [false, true]) {
        const attempts = [['/bin/true', [], options]];
        const { ends } = await runInterposed({ attempts, sync }, { INTERPOSER_REFUSE: refused });
        assert.deepEqual(ends, [{ code: 'EROFS', errno: -constants.errno.EROFS, step }]);
      }
    }
  });

  test('may allocate and take locks in any call and in its fork handlers, beside 8 threads that do so', async () => {
    const attempts = [['/bin/true', [], { cwd: '/', ...withMark }]];
    const { ends, calls } = await runInterposed({ attempts, count: 500 }, { INTERPOSER_THREADS: '8' });
    assert.deepEqual(new Set(ends), new Set([0]));
    assert.equal(executions(calls).length, 500);
  });

  test('passes nothing on that it opened, or the process', async () => {
    const out = scratchPath('probe.json');
    const attempts = [[probePath, ['--out', out], { cwd: '/' }]];
    const { ends } = await runInterposed({ attempts }, { INTERPOSER_LEAK: '1' });
    assert.deepEqual(ends, [0]);
    assert.deepEqual(fdNumbers(readReport(out)), [0, 1, 2]);
  });

  test('changes nothing else that a user can see', async () => {
    const { visible } = (await runFixture('visible-results.mjs')).result;
    assert.deepEqual((await runInterposed({}, {}, 'visible-results.mjs')).visible, visible);
  });

  test('is no reason for another way where none of the functions is replaced', async () => {
    const { result } = await runFixture('interposed.mjs', { attempts: [['/bin/true', [], {}]] });
    assert.deepEqual(result.ends, [0]);
    assert.equal(result.capabilities.syscalls, 'direct');
  });
});

describe('a tool that replaces one function alone', { skip: withoutLargeFileNames() }, () => {
  // What the child of libuv calls on every Node, and which options make it do so.
  const CALLED = {
    ...{ dup2: {}, execvp: {}, fcntl64: {}, fork: {}, open64: {}, signal: {}, sigprocmask: {}, syscall: {} },
    chdir: { cwd: '/' },
    setsid: { detached: true },
  };
  const CALLED_BY_ROOT = { setgroups: { gid: 7 }, setgid: { gid: 7 }, setuid: { uid: 7 } };

  for (const [name, options] of Object.entries({ ...CALLED, ...CALLED_BY_ROOT })) {
    test(`sees ${name} in a child, as in a child of Node`, {
      skip: (name in CALLED_BY_ROOT && withoutRoot) || isDefinedByNode(name),
    }, async () => {
      const attempts = [['true', [], { stdio: ['ignore', 'pipe', 'pipe'], ...options }]];
      for (const stock of [true, false]) {
        const { ends, capabilities, calls } = await runInterposed({ attempts, stock }, replacing(name));
        assert.deepEqual(ends, [0]);
        assert.equal(capabilities.syscalls, 'libc');
        assert.equal(calls[0][0], name, stock ? 'child_process' : 'safe-spawn');
      }
    });
  }

  /** Then the definition of a tool is hidden behind it. */
  function isDefinedByNode(name) {
    return name === 'fcntl64' && /^v2[24]\./.test(process.version) && 'this Node defines it';
  }

  function replacing(name) {
    return { LD_PRELOAD: replacedPath(name) };
  }

  test('that replaces a function which the child does not need is passed by', async () => {
    const { capabilities } = await runInterposed({ attempts: [] }, replacing('sigaction'));
    assert.equal(capabilities.syscalls, 'direct');
  });

  test('that searches PATH gets what it needs: the environment of the child, and errors of the search', async () => {
    const directory = scratchPath('directory');
    mkdirSync(directory);
    writeFileSync(join(directory, 'script'), 'test "$INTERPOSED" = 1 && exit 3\n', { mode: 0o755 });
    writeFileSync(join(directory, 'plain'), '', { mode: 0o644 });
    const env = { PATH: `/nonexistent:${directory}:/bin`, INTERPOSED: '1' };
    const attempts = ['script', `${directory}/script`, 'absent', 'plain'].map((file) => [file, [], { env }]);
    attempts.push(['absent', [], { env: { PATH: `/${'n'.repeat(5000)}` } }]);
    for (const sync of [false, true]) {
      const { ends } = await runInterposed({ attempts, sync }, replacing('execvp'));
      assert.deepEqual(
        ends.map((end) => end.code ?? end),
        [3, 3, 'ENOENT', 'EACCES', 'ENOENT'],
      );
    }
  });
});

/** musl has no names of their own for large files, and its Node calls others. */
function withoutLargeFileNames() {
  return process.report.getReport().header.glibcVersionRuntime ? false : 'needs glibc';
}

function withoutTool(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0 ? false : `needs ${command}`;
}

const library = pathToFileURL(join(root, 'dist', 'index.js'));

function script(body) {
  return ['--input-type=module', '-e', `import { safeSpawnSync } from '${library}'; ${body}`];
}

test('under fakeroot a child is root, and may become another user', {
  skip: withoutTool('fakeroot', ['true']),
}, () => {
  const body = `
    for (const options of [{}, { uid: 7, gid: 7 }]) {
      const { error, stdout } = safeSpawnSync('id', ['-u'], options);
      console.log(error ? error.message : String(stdout).trim());
    }`;
  const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', 'env', 'HOME=/tmp'];
  const command = ['fakeroot', process.execPath, ...script(body)];
  const through = process.getuid() === 0 ? ['setpriv', ...nobody, ...command] : command;
  assert.equal(execFileSync(through[0], through.slice(1), { encoding: 'utf8' }), '0\n0\n');
});

test('bear records the compilations that a child makes', {
  skip: withoutTool('bear', ['--version']),
}, () => {
  const directory = scratchPath('compilations');
  const result = join(directory, 'compile_commands.json');
  mkdirSync(directory);
  writeFileSync(join(directory, 'a.c'), 'int main(void) { return 0; }\n');
  const body = `process.exitCode = safeSpawnSync('gcc', ['-c', 'a.c'], { stdio: 'inherit' }).status;`;
  execFileSync('bear', ['--', process.execPath, ...script(body)], { cwd: directory });
  assert.ok(existsSync(result));
  assert.equal(JSON.parse(readFileSync(result, 'utf8')).length, 1);
});
