// Programs that hand descriptors to their children, or hold both ends of a pipe, and mean it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chownSync, mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { safeSpawn, safeSpawnSync } from 'safe-spawn';
import { inspect } from 'safe-spawn/inspect';
import { root } from '../helpers/native.mjs';
import { familyOf } from '../helpers/processes.mjs';
import { scratchDirectory } from '../helpers/scratch.mjs';
import { familyWith, startFamily } from './family.mjs';

const programs = join(root, 'test', 'fixtures', 'inspect');
const NOBODY = 65_534;
const FLOOD = 'while :; do echo line; done';

/** A script of bash, and the programs that run in it by then. */
const scripts = {
  'a pipeline': ['yes | cat | tail -f /dev/null', ['yes', 'cat', 'tail']],
  'a pipeline whose reader rests': ['yes | sleep 1000', ['yes', 'sleep']],
  'tail -f': ['tail -f /dev/null; :', ['tail']],
  'process substitution': ['cat <(sleep 1000) <(sleep 1000); :', ['cat', 'sleep', 'sleep']],
  'a script that logs through a program': ['exec > >(cat) 2>&1; sleep 1000; :', ['cat', 'sleep']],
  'a descriptor from process substitution': ['exec 5< <(yes); sleep 1000; :', ['yes', 'sleep']],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: so bash spells it
  'a coprocess': ['coproc cat; sleep 1000 <&"${COPROC[0]}" >&"${COPROC[1]}"; :', ['cat', 'sleep']],
  'an input that is kept open': ['mkfifo in; exec 5<>in; cat <&5 >/dev/null; :', ['cat']],
  'a terminal under the number of another': [
    'exec 64<>/dev/ptmx; bash -c "exec 64<>/dev/ptmx; exec sleep 1000"; :',
    ['sleep'],
  ],
  'a lock for a whole script': ['exec 9>lock; flock 9; sleep 1000; :', ['sleep']],
  'a flood inside a shell': [`(${FLOOD}) | cat >/dev/null; :`, ['bash', 'cat']],
  'make with a jobserver': [
    'printf "all: a b\\na b:\\n\\t+sleep 1000; :\\n" >makefile; make -j2; :',
    ['make', 'sleep', 'sleep'],
  ],
  'git that asks a helper': ['git init -q .; git cat-file --batch < <(sleep 1000); :', ['git', 'sleep']],
  'git that serves': [
    'git init -q .; (sleep 1000) | git -c protocol.version=0 upload-pack . | cat >/dev/null; :',
    ['sleep', 'git', 'cat'],
  ],
};

for (const [name, [script, expected]] of Object.entries(scripts)) {
  const skip = expected.includes('git') && withoutProgram('git');
  test(`no false alarm about ${name}`, { skip }, async (t) => {
    const bash = startFamily(t, 'bash', ['-c', script], { cwd: ownDirectory() });
    await assertClean(bash.pid, expected);
  });
}

test('no false alarm about npm run', async (t) => {
  const cwd = ownDirectory();
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ scripts: { rest: 'sleep 1000; :' } }));
  const npm = startFamily(t, 'npm', ['run', 'rest'], { cwd });
  await assertClean(npm.pid, ['sleep']);
});

test('no false alarm about a cluster of Node whose workers share a socket', async (t) => {
  const node = startFamily(t, process.execPath, [join(programs, 'cluster.cjs')], { cwd: ownDirectory() });
  await assertClean(node.pid, ['sleep', 'sleep']);
});

for (const what of ['capture', 'capture-idly', 'capture-by-poll', 'capture-by-epoll', 'handed', 'forked']) {
  test(`no false alarm about ${what} in Python`, async (t) => {
    const python = startFamily(t, 'python3', [join(programs, 'innocent.py'), what], { cwd: ownDirectory() });
    await assertClean(python.pid, ['sleep']);
  });
}

test('no false alarm about nginx', { skip: withoutProgram('nginx') }, async (t) => {
  const directory = ownDirectory();
  const log = join(directory, 'error.log');
  const config = `daemon off; pid nginx.pid; error_log ${log}; worker_processes 2; events {}
    http { access_log off; server { listen unix:${join(directory, 'socket')}; } }`;
  writeFileSync(join(directory, 'nginx.conf'), config);
  const nginx = startFamily(t, 'nginx', ['-p', directory, '-c', 'nginx.conf', '-e', log]);
  await assertClean(nginx.pid, ['nginx', 'nginx', 'nginx']);
});

test('no false alarm about PostgreSQL', { skip: withoutProgram('postgres') }, async (t) => {
  const cwd = ownDirectory();
  // It refuses to be root.
  const ids = process.getuid() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (ids.uid !== undefined) chownSync(cwd, ids.uid, ids.gid);
  const made = safeSpawnSync('initdb', ['--no-sync', '-D', 'data', '-A', 'trust'], { cwd, ...ids });
  assert.equal(made.status, 0, String(made.stderr));
  const postgres = startFamily(t, 'postgres', ['-D', 'data', '-k', cwd, '-h', ''], {
    cwd,
    stdio: ['ignore', 'ignore', 'ignore'],
    stop: 'SIGINT',
    ...ids,
  });
  await assertClean(postgres.pid, Array(4).fill('postgres'));
});

test('no false alarm about socket activation', {
  skip: withoutProgram('systemd-socket-activate'),
}, async (t) => {
  const socket = join(ownDirectory(), 'socket');
  const activate = ['-l', socket, 'bash', '-c', 'sleep 1000; :'];
  const bash = startFamily(t, 'systemd-socket-activate', activate, { stdio: ['ignore', 'ignore', 'pipe'] });
  // It says so on stderr once it listens.
  await once(bash.stderr, 'data');
  const client = connect(socket).on('error', () => undefined);
  t.after(() => client.destroy());
  await assertClean(bash.pid, ['bash', 'sleep']);
});

test('no false alarm about a daemon that was left behind', async (t) => {
  const bash = safeSpawn('bash', ['-c', 'sleep 1000 >/dev/null 2>&1 & echo $!'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = await once(bash.stdout, 'data');
  const pid = Number(output);
  t.after(() => process.kill(pid, 'SIGKILL'));
  await familyWith(pid, ['sleep']);
  assert.deepEqual(inspect({ pids: [pid] }).findings, []);
});

/** More than once, since what a program does in passing must not alarm either. */
const LOOKS = 5;

async function assertClean(pid, expected) {
  await familyWith(pid, expected);
  for (let look = 0; look < LOOKS; look += 1) {
    const pids = familyOf(pid).map((member) => member.pid);
    assert.deepEqual(inspect({ pids }).findings, []);
  }
}

function ownDirectory() {
  return mkdtempSync(join(scratchDirectory(), 'program-'));
}

function withoutProgram(name) {
  return safeSpawnSync('which', [name]).status === 0 ? false : `needs ${name}`;
}
