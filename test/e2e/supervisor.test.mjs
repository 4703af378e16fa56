// The supervisor of examples/: how it starts, restarts and stops programs, and what becomes of their output.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openFds } from 'safe-spawn';
import { eventually } from '../helpers/poll.mjs';
import { fdTargets, isAlive } from '../helpers/processes.mjs';
import { withoutRoot } from '../helpers/requirements.mjs';
import { scratchPath } from '../helpers/scratch.mjs';
import { holds, startSupervisor } from '../helpers/supervisor.mjs';

const PROGRAMS = 200;
const loudly = {
  command: ['head', '-c', '100000', '/dev/zero'],
  startsecs: 0,
  stdout_logfile_maxbytes: 1024,
};
const asleep = { command: ['sleep', '1000'], startsecs: 0 };

/** Of what a program wrote into its log, once it has written so many lines. */
function logLines(supervisor, name, count) {
  return eventually(`${count} lines in ${name}`, () => {
    const file = join(supervisor.folder, name);
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
    return lines.length >= count && lines;
  });
}

test(`${PROGRAMS} programs run, have their standard descriptors only, and are gone after SIGTERM`, async (t) => {
  const names = Array.from({ length: PROGRAMS }, (_, number) => `p${number}`);
  const sections = (folder) => Object.fromEntries(names.map((name) => [name, logging(folder, name)]));
  const logging = (folder, name) => ({ ...asleep, stdout_logfile: join(folder, `${name}.log`) });
  const supervisor = await startSupervisor(t, sections);
  const pids = Object.values(await supervisor.inStates('RUNNING')).map(({ pid }) => pid);
  assert.equal(new Set(pids).size, PROGRAMS);
  for (const pid of pids) await holds(pid, [0, 1, 2]);
  assert.equal(await supervisor.kill('SIGTERM'), 0);
  assert.deepEqual(pids.filter(isAlive), []);
});

test('a program has the user, umask, directory, environment and limits of its entry', async (t) => {
  const script =
    'id -un; umask; pwd; echo "$GREETING,$NAME"; ulimit -Sn; ulimit -Hn; ulimit -c; exec sleep 1000';
  const supervisor = await startSupervisor(t, (folder) => ({
    a: {
      ...asleep,
      command: ['sh', '-c', script],
      directory: '/',
      umask: '027',
      environment: { GREETING: 'hello, world', NAME: 'a b' },
      rlimits: { nofile: { soft: 64, hard: 128 }, core: 0 },
      stdout_logfile: join(folder, 'log'),
      ...(withoutRoot ? {} : { user: 'nobody' }),
    },
  }));
  const [user, ...lines] = await logLines(supervisor, 'log', 7);
  if (!withoutRoot) assert.equal(user, 'nobody');
  assert.deepEqual(lines, ['0027', '/', 'hello, world,a b', '64', '128', '0']);
});

test('all that a flooding program writes is in its log, on both streams', async (t) => {
  const MEGABYTES = 40;
  const flood = `head -c ${MEGABYTES}M /dev/zero; head -c ${MEGABYTES}M /dev/zero >/dev/stderr`;
  const supervisor = await startSupervisor(t, (folder) => ({
    flood: {
      command: ['sh', '-c', flood],
      startsecs: 0,
      stdout_logfile: join(folder, 'log'),
      stdout_logfile_maxbytes: 0,
    },
  }));
  const size = () => statSync(join(supervisor.folder, 'log'), { throwIfNoEntry: false })?.size;
  await eventually('the log is complete', () => size() === 2 * MEGABYTES * 1024 ** 2);
  const { flood: status } = await supervisor.inStates('EXITED');
  assert.equal(status.end, 'exit status 0');
});

test('logs of a flooding program are rotated, are not too large, and leave no removed file open', async (t) => {
  const LARGEST = 1024 ** 2;
  const PIPE_READ = 2 * 64 * 1024;
  const supervisor = await startSupervisor(t, (folder) => ({
    flood: {
      command: ['yes'],
      startsecs: 0,
      stdout_logfile: join(folder, 'log'),
      stdout_logfile_maxbytes: 1024 ** 2,
      stdout_logfile_backups: 2,
    },
  }));
  const inode = () => statSync(join(supervisor.folder, 'log.2'), { throwIfNoEntry: false })?.ino;
  const first = await eventually('two backups', inode);
  await eventually('the oldest is removed', () => inode() !== first);

  const open = openFds(supervisor.pid).map(({ target }) => target);
  assert.ok(open.filter((target) => target.startsWith(supervisor.folder)).length <= 2);
  assert.deepEqual(
    open.filter((target) => target.endsWith(' (deleted)')),
    [],
  );
  await supervisor.ask('POST', '/stop/flood');
  const files = readdirSync(supervisor.folder).filter((file) => file.startsWith('log'));
  assert.deepEqual(
    files.filter((file) => !['log', 'log.1', 'log.2'].includes(file)),
    [],
  );
  for (const file of files) {
    assert.ok(statSync(join(supervisor.folder, file)).size < LARGEST + PIPE_READ);
  }
});

test('a log that is a device is never moved away', async (t) => {
  // By a link, since it is the device of the system that would be moved.
  const supervisor = await startSupervisor(t, (folder) => {
    symlinkSync('/dev/null', join(folder, 'log'));
    return { flood: { ...loudly, stdout_logfile: join(folder, 'log') } };
  });
  await supervisor.inStates('EXITED');
  await supervisor.kill('SIGTERM');
  const files = readdirSync(supervisor.folder).filter((file) => file.startsWith('log'));
  assert.deepEqual(files, ['log']);
});

test('a log that is a link rotates the file that it leads to', async (t) => {
  const supervisor = await startSupervisor(t, (folder) => {
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync('elsewhere/log', join(folder, 'log'));
    return { flood: { ...loudly, stdout_logfile: join(folder, 'log') } };
  });
  await supervisor.inStates('EXITED');
  await supervisor.kill('SIGTERM');
  assert.equal(readlinkSync(join(supervisor.folder, 'log')), 'elsewhere/log');
  assert.ok(existsSync(join(supervisor.folder, 'elsewhere', 'log.1')));
  assert.ok(!existsSync(join(supervisor.folder, 'log.1')));
});

test("a log that is the supervisor's own output, as /dev/stderr is, is never moved away", async (t) => {
  const output = scratchPath('output');
  const stderr = openSync(output, 'w');
  t.after(() => closeSync(stderr));
  const supervisor = await startSupervisor(
    t,
    (folder) => {
      symlinkSync('/proc/self/fd/2', join(folder, 'log'));
      return { flood: { ...loudly, stdout_logfile: join(folder, 'log') } };
    },
    { stderr },
  );
  await supervisor.inStates('EXITED');
  await supervisor.kill('SIGTERM');
  assert.equal(readlinkSync(join(supervisor.folder, 'log')), '/proc/self/fd/2');
  assert.ok(!existsSync(join(supervisor.folder, 'log.1')) && !existsSync(`${output}.1`));
  assert.equal(statSync(output).size, 100_000);
});

test('a program whose log is on a full disk runs on, and what is lost is counted', async (t) => {
  const supervisor = await startSupervisor(t, (folder) => {
    symlinkSync('/dev/full', join(folder, 'log'));
    return { flood: { command: ['yes'], startsecs: 0, stdout_logfile: join(folder, 'log') } };
  });
  const { lost } = await eventually('bytes are lost', async () => {
    const { flood } = await supervisor.status();
    return flood.lost > 0 && flood;
  });
  await eventually('more are', async () => (await supervisor.status()).flood.lost > lost);
});

test('the last words of a program, and of what it has left behind, are in its log once the supervisor has ended', async (t) => {
  const farewell = '{ sleep 0.1; echo later; } & head -c 60000 /dev/zero; echo last; exit';
  const supervisor = await startSupervisor(t, (folder) => ({
    a: {
      command: ['sh', '-c', `trap "${farewell}" TERM; echo ready; while :; do sleep 0.01; done`],
      startsecs: 0,
      stdout_logfile: join(folder, 'log'),
    },
  }));
  await logLines(supervisor, 'log', 1);
  await supervisor.kill('SIGTERM');
  const text = readFileSync(join(supervisor.folder, 'log'), 'utf8');
  assert.equal(text.replaceAll('\0', ''), 'ready\nlast\nlater\n');
  assert.equal(text.length, 'ready\nlast\nlater\n'.length + 60_000);
});

test('a program can be reloaded while it floods its log', async (t) => {
  const flood = (folder, round) => ({
    flood: { command: ['yes', String(round)], startsecs: 0, stdout_logfile: join(folder, 'log') },
  });
  const supervisor = await startSupervisor(t, (folder) => flood(folder, 0));
  for (let round = 1; round <= 10; round += 1) {
    await logLines(supervisor, 'log', 1);
    supervisor.configure(flood(supervisor.folder, round));
    assert.equal((await supervisor.ask('POST', '/reload')).code, 200);
  }
  assert.equal(await supervisor.kill('SIGTERM'), 0);
});

test('a process that a program leaves running keeps no pipe open in the supervisor', async (t) => {
  const supervisor = await startSupervisor(t, (folder) => ({
    daemon: {
      command: ['sh', '-c', 'sleep 1000 & echo $!'],
      startsecs: 0,
      stdout_logfile: join(folder, 'log'),
    },
  }));
  const [left] = await logLines(supervisor, 'log', 1);
  t.after(() => process.kill(Number(left), 'SIGKILL'));
  const pipe = fdTargets(Number(left))[1];
  await eventually('the pipe is closed', () => !Object.values(fdTargets(supervisor.pid)).includes(pipe));
  assert.equal(await supervisor.kill('SIGTERM'), 0);
});

test('a program that can not start, or dies at once, is tried again after longer and longer pauses, then left', async (t) => {
  const supervisor = await startSupervisor(t, (folder) => ({
    crash: {
      command: ['sh', '-c', 'date +%s%N; exit 3'],
      startsecs: 60,
      startretries: 2,
      stdout_logfile: join(folder, 'log'),
    },
    missing: { command: ['/no/such/program'], startretries: 1 },
    refused: { command: ['true'], startretries: 1, rlimits: { nofile: 4_000_000_000 } },
  }));
  const { crash, missing, refused } = await supervisor.inStates('FATAL');
  assert.deepEqual([crash.starts, crash.end], [3, 'exit status 3']);
  assert.deepEqual(
    [missing.starts, missing.end],
    [2, 'spawn /no/such/program ENOENT: directory /no does not exist'],
  );
  assert.equal(refused.starts, 2);
  assert.match(refused.end, /nofile/);
  const times = (await logLines(supervisor, 'log', 3)).map((line) => Number(line) / 1e6);
  assert.ok(times[1] - times[0] >= 99 && times[2] - times[1] >= 199, String(times));
});

test('autorestart decides whether a program that has run is started again', async (t) => {
  const code = (number) => ({ command: ['sh', '-c', `exit ${number}`], startsecs: 0 });
  const supervisor = await startSupervisor(t, {
    always: { ...code(0), autorestart: true },
    unexpected: { ...code(7), exitcodes: [0, 2] },
    expected: { ...code(2), exitcodes: [0, 2] },
    never: { ...code(7), autorestart: false },
  });
  await eventually('two are started again', async () => {
    const { always, unexpected } = await supervisor.status();
    return always.starts > 2 && unexpected.starts > 2;
  });
  const { expected, never } = await supervisor.status();
  assert.deepEqual([expected.state, expected.starts], ['EXITED', 1]);
  assert.deepEqual([never.state, never.starts, never.end], ['EXITED', 1, 'exit status 7']);
});

test('programs are stopped in the reverse of the order of their start, each when the one before is gone', async (t) => {
  const slow = {
    command: ['sh', '-c', 'trap "sleep 0.1; exit" TERM; while :; do sleep 0.01; done'],
    startsecs: 0,
  };
  const supervisor = await startSupervisor(t, {
    last: { ...slow, priority: 3 },
    first: { ...slow, priority: 1 },
    second: { ...slow, priority: 2 },
  });
  await supervisor.inStates('RUNNING');
  const closed = once(supervisor.process, 'close');
  supervisor.process.kill('SIGTERM');
  await closed;
  const changes = (pattern) => supervisor.output.match(pattern);
  assert.deepEqual(changes(/^\w+ STARTING/gm), ['first STARTING', 'second STARTING', 'last STARTING']);
  assert.deepEqual(changes(/^\w+ STOPP\w+/gm), [
    'last STOPPING',
    'last STOPPED',
    'second STOPPING',
    'second STOPPED',
    'first STOPPING',
    'first STOPPED',
  ]);
});

test('a program is stopped by its signal, by SIGKILL if it does not listen, and with all that it has started', async (t) => {
  const supervisor = await startSupervisor(t, (folder) => ({
    polite: { ...asleep, stopsignal: 'INT' },
    deaf: { command: ['sh', '-c', 'trap "" TERM; exec sleep 1000'], startsecs: 0.1, stopwaitsecs: 0.1 },
    group: {
      command: ['sh', '-c', 'sleep 1000 & echo $!; wait'],
      startsecs: 0,
      stopasgroup: true,
      stdout_logfile: join(folder, 'log'),
    },
  }));
  await supervisor.inStates('RUNNING');
  const [inner] = await logLines(supervisor, 'log', 1);
  for (const name of ['polite', 'deaf', 'group']) await supervisor.ask('POST', `/stop/${name}`);
  const { polite, deaf, group } = await supervisor.status();
  assert.deepEqual([polite.state, polite.end], ['STOPPED', 'SIGINT']);
  assert.deepEqual([deaf.state, deaf.end], ['STOPPED', 'SIGKILL']);
  assert.deepEqual([group.state, group.end], ['STOPPED', 'SIGTERM']);
  await eventually('what it started is gone', () => !isAlive(Number(inner)));

  await supervisor.ask('POST', '/start/polite');
  assert.equal((await supervisor.status()).polite.starts, 2);
});

test('a reload starts what is new, stops what is gone, restarts what has changed and leaves the rest', async (t) => {
  const supervisor = await startSupervisor(t, {
    kept: asleep,
    changed: asleep,
    gone: asleep,
  });
  const before = await supervisor.inStates('RUNNING');
  supervisor.configure({
    kept: asleep,
    changed: { ...asleep, command: ['sleep', '2000'] },
    new: asleep,
  });
  supervisor.process.kill('SIGHUP');
  const after = await eventually('the new one runs', async () => {
    const status = await supervisor.status();
    return status.new?.state === 'RUNNING' && status;
  });
  assert.deepEqual(Object.keys(after).sort(), ['changed', 'kept', 'new']);
  assert.equal(after.kept.pid, before.kept.pid);
  assert.notEqual(after.changed.pid, before.changed.pid);
  assert.ok(!isAlive(before.gone.pid));
  assert.ok(!isAlive(before.changed.pid));
});

test('a reload of a file with a mistake is refused, and all programs go on', async (t) => {
  const supervisor = await startSupervisor(t, { a: asleep });
  const { a: before } = await supervisor.inStates('RUNNING');
  supervisor.configure({ a: { ...asleep, comand: 'true' } });
  const { code, body } = await supervisor.ask('POST', '/reload');
  assert.equal(code, 400);
  assert.match(body, /comand/);
  assert.equal((await supervisor.status()).a.pid, before.pid);
});

test('the socket refuses an unknown request, and only its owner may use it', async (t) => {
  const supervisor = await startSupervisor(t, { a: asleep });
  for (const path of ['/start/b', '/remove/a', '/', '/stop']) {
    assert.equal((await supervisor.ask('POST', path)).code, 400, path);
  }
  assert.equal(statSync(supervisor.socket).mode & 0o777, 0o700);
});

test('a second supervisor is refused, and one that replaces a killed one is not', async (t) => {
  const supervisor = await startSupervisor(t, { a: asleep });
  const { a: before } = await supervisor.inStates('RUNNING');
  const second = supervisor.launch();
  const [code] = await once(second, 'close');
  assert.equal(code, 2);
  assert.doesNotMatch(supervisor.output, /STARTING/);

  await supervisor.kill();
  await supervisor.run();
  const { a: after } = await supervisor.inStates('RUNNING');
  assert.notEqual(after.pid, before.pid);
});

test('the supervisor runs on if its own output has no reader any more', async (t) => {
  const supervisor = await startSupervisor(t, { a: asleep });
  supervisor.process.stdout.destroy();
  supervisor.process.stderr.destroy();
  await supervisor.ask('POST', '/stop/a');
  await supervisor.ask('POST', '/start/a');
  await supervisor.inStates('RUNNING');
  assert.equal(await supervisor.kill('SIGTERM'), 0);
});

test('FIFOs as logs that nobody reads, or whose reader stopped, stop neither other logs nor the end', async (t) => {
  const unread = ['fifo-0', 'fifo-1', 'fifo-2', 'fifo-3', 'fifo-4', 'stuck'];
  const supervisor = await startSupervisor(t, (folder) => {
    execFileSync(
      'mkfifo',
      unread.map((name) => join(folder, name)),
    );
    // Opened for both, so that it has a reader: one that never reads.
    const stuck = openSync(join(folder, 'stuck'), constants.O_RDWR);
    t.after(() => closeSync(stuck));
    const sections = unread.map((name) => [
      name,
      { command: ['yes'], startsecs: 0, priority: 1, stdout_logfile: join(folder, name) },
    ]);
    const good = ['sh', '-c', 'while :; do echo line; sleep 0.01; done'];
    return {
      ...Object.fromEntries(sections),
      good: { command: good, startsecs: 0, stdout_logfile: join(folder, 'good.log') },
    };
  });
  await eventually('bytes are lost in each', async () => {
    const { good, ...others } = await supervisor.status();
    return good.lost === 0 && Object.values(others).every(({ lost }) => lost > 0);
  });
  const { length } = await logLines(supervisor, 'good.log', 1);
  await logLines(supervisor, 'good.log', length + 10);
  assert.equal(await supervisor.kill('SIGTERM'), 0);
});

test('all that a program writes reaches the reader of a FIFO, which may come late', async (t) => {
  const supervisor = await startSupervisor(t, (folder) => {
    execFileSync('mkfifo', [join(folder, 'fifo')]);
    return {
      a: {
        command: ['head', '-c', '300000', '/dev/zero'],
        autostart: false,
        startsecs: 0,
        stdout_logfile: join(folder, 'fifo'),
      },
    };
  });
  const reader = spawn('sh', ['-c', 'sleep 0.1; exec cat'], {
    stdio: [openSync(join(supervisor.folder, 'fifo'), constants.O_RDWR), 'pipe', 'inherit'],
  });
  t.after(() => reader.kill('SIGKILL'));
  let read = 0;
  reader.stdout.on('data', ({ length }) => {
    read += length;
  });
  await supervisor.ask('POST', '/start/a');
  await eventually('all is read', () => read === 300_000);
  assert.equal((await supervisor.status()).a.lost, 0);
});

test('a file at the path of the socket, or a socket in use, is refused and stays', async (t) => {
  const supervisor = await startSupervisor(t, { a: asleep });
  await supervisor.kill();
  const refused = async (message) => {
    const [code] = await once(supervisor.launch(), 'close');
    assert.equal(code, 2);
    assert.match(supervisor.output, message);
  };
  rmSync(supervisor.socket);
  writeFileSync(supervisor.socket, 'precious');
  await refused(/socket exists and is not a socket/);
  assert.equal(readFileSync(supervisor.socket, 'utf8'), 'precious');

  rmSync(supervisor.socket);
  symlinkSync('nowhere', supervisor.socket);
  await refused(/socket exists and is not a socket/);
  assert.equal(readlinkSync(supervisor.socket), 'nowhere');

  rmSync(supervisor.socket);
  const datagrams = spawn('python3', ['-c', BIND_DATAGRAM, supervisor.socket], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(datagrams.stdout, 'data');
  await refused(/socket is in use/);
  assert.ok(lstatSync(supervisor.socket).isSocket());
  datagrams.stdin.end();
});

const BIND_DATAGRAM = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('bound', flush=True)
sys.stdin.read()
`;

test('a FIFO as the file of programs is refused', async (t) => {
  const supervisor = await startSupervisor(t, { a: asleep });
  rmSync(supervisor.file);
  execFileSync('mkfifo', [supervisor.file]);
  const { code, body } = await supervisor.ask('POST', '/reload');
  assert.equal(code, 400);
  assert.match(body, /not a regular file/);
});

test('no character of the file acts on a terminal that shows the output or the status', async (t) => {
  const hostile = ['/no/\u009b2J\u202ex'];
  const supervisor = await startSupervisor(t, { a: { command: hostile, startretries: 0 } });
  const { a } = await supervisor.inStates('FATAL');
  assert.equal(a.end, 'spawn /no/?2J?x ENOENT: directory /no does not exist');
  assert.match(supervisor.output, /spawn \/no\/\?2J\?x ENOENT/);
});
