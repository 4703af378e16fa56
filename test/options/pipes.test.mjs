/** Pipes that go one way, beside the sockets that Node makes. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { safeFork, safeSpawn, safeSpawnSync } from 'safe-spawn';
import { runFixture } from '../helpers/fixture.mjs';
import { eventually } from '../helpers/poll.mjs';
import { probe } from '../helpers/probe.mjs';
import { fdTargets, stateOf } from '../helpers/processes.mjs';
import { scratchPath } from '../helpers/scratch.mjs';

const MEGABYTE = 1024 * 1024;

async function outcome(child) {
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { stdout, stderr, code, signal };
}

const shell = (command, options) => outcome(safeSpawn('sh', ['-c', command], options));

test('the default is sockets, and /dev/stdout can not be opened', async () => {
  const report = await probe(safeSpawn);
  assert.deepEqual(
    report.fds.map(({ type }) => type),
    ['socket', 'socket', 'socket'],
  );
  for (const pipes of [undefined, 'socket']) {
    const { code, stderr } = await shell('echo text > /dev/stdout', { pipes });
    assert.notEqual(code, 0);
    assert.match(stderr, /No such device or address/);
  }
});

test('with "pipe" the first three are pipes, and the others sockets', async () => {
  const report = await probe(safeSpawn, { pipes: 'pipe', stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
  assert.deepEqual(
    report.fds.map(({ type }) => type),
    ['pipe', 'pipe', 'pipe', 'socket'],
  );
});

test('entries other than pipes stay as they are', async () => {
  const report = await probe(safeSpawn, { pipes: 'pipe', stdio: ['ignore', 'pipe', 2] });
  assert.deepEqual(report.fds.map(({ type }) => type).slice(0, 2), ['character', 'pipe']);
});

test('/dev/stdin, /dev/stdout and /dev/stderr can be opened', async () => {
  const child = safeSpawn(
    'sh',
    ['-c', 'cat /dev/stdin; echo out > /dev/stdout; echo err | tee /dev/stderr'],
    {
      pipes: 'pipe',
    },
  );
  child.stdin.end('in\n');
  assert.deepEqual(await outcome(child), {
    stdout: 'in\nout\nerr\n',
    stderr: 'err\n',
    code: 0,
    signal: null,
  });
});

test('the end of stdin is an end of file for the child', async () => {
  const child = safeSpawn('cat', { pipes: 'pipe' });
  child.stdin.end('text');
  assert.deepEqual(await outcome(child), { stdout: 'text', stderr: '', code: 0, signal: null });
});

test('much goes both ways, and nothing is lost', async () => {
  const child = safeSpawn('cat', { pipes: 'pipe' });
  const sent = 'x'.repeat(3 * MEGABYTE);
  child.stdin.end(sent);
  const { stdout } = await outcome(child);
  assert.ok(stdout === sent, `${stdout.length} characters came back`);
});

test('a child that ends without reading is EPIPE, as with a socket', async () => {
  for (const pipes of ['socket', 'pipe']) {
    const child = safeSpawn('true', { pipes });
    child.stdin.end('x'.repeat(3 * MEGABYTE));
    const [{ code }] = await once(child.stdin, 'error');
    assert.ok(['EPIPE', 'ECONNRESET'].includes(code), code);
  }
});

test('a destroyed stdout is EPIPE for the child', async () => {
  const child = safeSpawn('yes', { pipes: 'pipe' });
  child.stdout.destroy();
  assert.deepEqual(await once(child, 'close'), [null, 'SIGPIPE']);
});

test('the events are those of sockets', async () => {
  const order = async (pipes) => {
    const child = safeSpawn('sh', ['-c', 'cat; echo err >&2'], { pipes });
    const events = [];
    for (const [name, emitter] of Object.entries({
      child,
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
    }))
      for (const event of ['spawn', 'finish', 'end', 'exit', 'close'])
        emitter.on(event, () => events.push(`${name} ${event}`));
    child.stdout.resume();
    child.stderr.resume();
    child.stdin.end('text');
    await once(child, 'close');
    // The close of a child waits for that of its output, but not for that of its input.
    return events.filter((event) => event !== 'stdin close');
  };
  const events = await order('pipe');
  assert.deepEqual([...events].sort(), (await order('socket')).sort());
  assert.equal(events.at(0), 'child spawn');
  const before = events.slice(0, events.indexOf('child close'));
  for (const event of ['child exit', 'stdin finish', 'stdout end', 'stderr end'])
    assert.ok(before.includes(event), `${event} comes before the close of the child`);
});

test('an IPC channel is not touched, wherever it is', async () => {
  const script = scratchPath('echo.js');
  writeFileSync(
    script,
    `process.on('message', (message) => { process.send(message); process.disconnect(); });`,
  );
  const forked = safeFork(script, { pipes: 'pipe', silent: true });
  const spawned = safeSpawn(process.execPath, [script], { pipes: 'pipe', stdio: ['ipc', 'pipe', 'pipe'] });
  for (const child of [forked, spawned]) {
    child.send({ text: 'hello' });
    assert.deepEqual((await once(child, 'message'))[0], { text: 'hello' });
    await once(child, 'close');
  }
});

test('a synchronous child has pipes too', () => {
  const { stdout, status } = safeSpawnSync('sh', ['-c', 'cat /dev/stdin | tee /dev/stdout'], {
    input: 'text',
    encoding: 'utf8',
    pipes: 'pipe',
  });
  assert.deepEqual({ stdout, status }, { stdout: 'texttext', status: 0 });
});

// ---- size ----------------------------------------------------------------------------------------------------

const LENGTH = 200 * 1024;
const WRITER = [
  process.execPath,
  [
    '-e',
    `for (const name of ['stdout', 'stderr']) process[name].write('x'.repeat(${LENGTH})); process.exit()`,
  ],
  { stdio: ['ignore', 'pipe', 'pipe'], pipes: 'pipe' },
];
const written = { stdout: LENGTH, stderr: LENGTH };

/** Without a turn of the loop, in which the pipes would be read. */
function untilDead(pid) {
  const end = Date.now() + 30_000;
  while (stateOf(pid) !== 'Z') assert.ok(Date.now() < end, `${pid} lives`);
}

test('output that Node writes before process.exit() arrives, also without a reader meanwhile', async () => {
  const child = safeSpawn(...WRITER);
  untilDead(child.pid);
  const { stdout, stderr } = await outcome(child);
  assert.deepEqual({ stdout: stdout.length, stderr: stderr.length }, written);
});

test('output that Node writes before process.exit() arrives in a synchronous run', () => {
  const { stdout, stderr } = safeSpawnSync(...WRITER);
  assert.deepEqual({ stdout: stdout.length, stderr: stderr.length }, written);
});

test('pipes are large again once others are closed', async () => {
  for (let round = 0; round < 4; round += 1) {
    const children = Array.from({ length: 20 }, () => safeSpawn('cat', { pipes: 'pipe' }));
    for (const { stdin } of children) stdin.end();
    await Promise.all(children.map(outcome));
  }
  const child = safeSpawn(...WRITER);
  untilDead(child.pid);
  assert.equal((await outcome(child)).stdout.length, LENGTH);
});

const USUAL_PIPE = 64 * 1024;

for (const [title, plan] of Object.entries({
  'beside 200 children': { count: 200 },
  'beside 200 children whose output is destroyed': { count: 200, destroy: true },
})) {
  test(`${title} other pipes of the user hold what they always do`, async () => {
    // The allowance is the user's: this one has no other processes.
    const uid = 1_000_000 + process.pid;
    const { result, stderr } = await runFixture('many-pipes.mjs', { ...plan, uid });
    assert.equal(result?.capacity, USUAL_PIPE, stderr);
  });
}

test('no descriptor is left, of a child that ran and of one that did not', async () => {
  await outcome(safeSpawn('true', { pipes: 'pipe' }));
  const before = fdTargets();
  await outcome(safeSpawn('true', { pipes: 'pipe' }));
  const failed = safeSpawn('/no/such/program', { pipes: 'pipe' });
  failed.on('error', () => undefined);
  await new Promise((resolve) => failed.once('close', resolve));
  await eventually('all are closed', () => Object.keys(fdTargets()).length === Object.keys(before).length);
});

test('nginx logs to /dev/stdout', { skip: withoutNginx() }, async () => {
  const prefix = scratchPath('nginx');
  mkdirSync(prefix, { recursive: true });
  const socket = join(prefix, 'socket');
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${prefix}/${name};`,
  );
  const config = join(prefix, 'nginx.conf');
  writeFileSync(
    config,
    `daemon off; master_process off; pid ${prefix}/pid; error_log /dev/stderr notice; events {}
     http { ${paths.join(' ')} access_log /dev/stdout; server { listen unix:${socket}; return 204; } }`,
  );
  const child = safeSpawn('nginx', ['-c', config, '-p', prefix], { pipes: 'pipe' });
  const output = outcome(child);
  await eventually('nginx answers', () => isAnswered(socket));
  child.kill('SIGQUIT');
  const { stdout, code } = await output;
  assert.match(stdout, /"GET \/logged HTTP/);
  assert.equal(code, 0);
});

async function isAnswered(socketPath) {
  const { request } = await import('node:http');
  return new Promise((resolve) => {
    request({ socketPath, path: '/logged' }, (response) => {
      response.resume();
      resolve(response.statusCode === 204);
    })
      .on('error', () => resolve(false))
      .end();
  });
}

function withoutNginx() {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'needs nginx';
  }
}
