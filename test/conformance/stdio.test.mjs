import assert from 'node:assert/strict';
import { ChildProcess } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { closeSync, createWriteStream, openSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { test } from 'node:test';
import { safeSpawn } from 'safe-spawn';
import { childrenOf } from '../helpers/processes.mjs';
import { scratchPath } from '../helpers/scratch.mjs';
import { sameAsNode } from './harness.mjs';

/** Writes to each of the first descriptors that is open; its exit code is how many bytes it read. */
const talk = `
  for fd in 1 2 3 4 5 6; do (echo "to $fd" >&$fd) 2>/dev/null; done
  exit "$(wc -c)"`;
const TALK = ['sh', ['-c', talk]];

const FORMS = {
  undefined: undefined,
  null: null,
  'the empty string': '',
  pipe: 'pipe',
  ignore: 'ignore',
  overlapped: 'overlapped',
  ipc: 'ipc',
  'an unknown word': 'nonsense',
  'a number': 1,
  'an object': {},
  'no entries': [],
  'one entry': ['ignore'],
  'two entries': ['ignore', 'pipe'],
  'entries that are left out': ['ignore', undefined, null, undefined, null],
  // biome-ignore lint/suspicious/noSparseArray: that is what is tested
  'a sparse array': ['ignore', , 'pipe', , 'pipe'],
  'a gap': ['ignore', 'pipe', 'pipe', 'ignore', 'ignore', 'pipe', 'ignore'],
  'seven pipes': ['pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
  'overlapped beside pipes': ['pipe', 'overlapped', 'pipe', 'overlapped'],
  'negative numbers': ['ignore', -1, -7],
  'nothing but ignored': ['ignore', 'ignore', 'ignore', 'ignore'],
  'an unknown word in the list': ['pipe', 'pipe', 'nonsense'],
  'a function in the list': ['pipe', () => {}],
  'an object in the list': ['pipe', 'pipe', {}],
  'a buffer in the list': ['pipe', 'pipe', Buffer.from('x')],
  'true in the list': ['pipe', 'pipe', true],
  'two channels': ['pipe', 'pipe', 'pipe', 'ipc', 'ipc'],
  'a closed descriptor': ['pipe', 'pipe', 19_999],
  'a closed descriptor among pipes': ['pipe', 'pipe', 'pipe', 19_999, 'pipe', 'ipc'],
  'an object with a closed descriptor': ['pipe', 'pipe', { fd: 19_999 }],
};

for (const [name, stdio] of Object.entries(FORMS)) {
  sameAsNode(`stdio: ${name}`, ({ spawn }) => {
    const child = spawn(...TALK, { stdio: Array.isArray(stdio) ? stdio.slice() : stdio });
    child?.stdin?.end('some input');
    if (child?.connected) child.disconnect();
  });
}

sameAsNode('stdio: the array of the caller is made three entries long', ({ spawn }) => {
  const stdio = ['ignore'];
  spawn(...TALK, { stdio });
  return stdio;
});

sameAsNode('stdio: inherit', ({ spawn }) => void spawn('true', { stdio: 'inherit' }));
sameAsNode('stdio: inherit in the list', ({ spawn }) => {
  spawn('true', { stdio: ['inherit', 'inherit', 'inherit', 'inherit'] });
});

async function written(use) {
  const path = scratchPath('written');
  const fd = openSync(path, 'w+');
  await use(fd);
  closeSync(fd);
  return () => readFileSync(path, 'utf8');
}

sameAsNode('stdio: a descriptor for two entries, and one above stdio', async ({ spawn }) => {
  const text = await written(async (fd) => {
    await once(spawn(...TALK, { stdio: ['ignore', fd, fd, 'ignore', { fd }] }), 'close');
  });
  return text();
});

sameAsNode('stdio: descriptors that change places', async ({ spawn }) => {
  const paths = [scratchPath('one'), scratchPath('two')];
  const [first, second] = paths.map((path) => openSync(path, 'w'));
  const stdio = Array.from({ length: Math.max(first, second) + 1 }, () => 'ignore');
  stdio[first] = second;
  stdio[second] = first;
  const tell = `echo first >> /dev/fd/${first}; echo second >> /dev/fd/${second}`;
  await once(spawn('sh', ['-c', tell], { stdio }), 'close');
  closeSync(first);
  closeSync(second);
  return paths.map((path) => readFileSync(path, 'utf8'));
});

sameAsNode('stdio: a file stream', async ({ spawn }) => {
  const path = scratchPath('stream');
  const stream = createWriteStream(path);
  await once(stream, 'open');
  await once(spawn(...TALK, { stdio: ['ignore', stream, 'ignore'] }), 'close');
  stream.end();
  await once(stream, 'close');
  return readFileSync(path, 'utf8');
});

const unopened = scratchPath('stream');
sameAsNode('stdio: a file stream that is not open yet', ({ spawn }) => {
  const stream = createWriteStream(unopened);
  spawn(...TALK, { stdio: ['ignore', stream, 'ignore'] });
  stream.end();
});

sameAsNode('stdio: a socket', async ({ spawn }) => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = net.connect(server.address().port, '127.0.0.1');
  const [[accepted]] = await Promise.all([once(server, 'connection'), once(client, 'connect')]);
  const child = spawn(...TALK, { stdio: ['ignore', client, 'ignore'] });
  const paused = client.isPaused();
  await once(child, 'close');
  client.destroy();
  const received = await accepted.setEncoding('utf8').toArray();
  server.close();
  return { paused, received: received.join('') };
});

sameAsNode('stdio: a socket that is destroyed', async ({ spawn }) => {
  const socket = new net.Socket();
  socket.destroy();
  await once(socket, 'close');
  spawn(...TALK, { stdio: ['ignore', socket, 'ignore'] });
});

sameAsNode('stdio: the output of another child, which is left to it', async ({ spawn, bare }) => {
  const writer = bare('sh', ['-c', 'echo one; echo two'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const reader = spawn('cat', [], { stdio: [writer.stdout, 'pipe', 'ignore'] });
  await Promise.all([once(writer, 'exit'), once(reader, 'close')]);
});

sameAsNode('stdio: input that is written and ended', ({ spawn }) => {
  const child = spawn('cat');
  child.stdin.write('first ');
  child.stdin.end('second');
});

sameAsNode('stdio: a descriptor above stdio is read and written', ({ spawn }) => {
  const child = spawn('sh', ['-c', 'cat <&3 >&3'], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  child.stdio[3].end('both ways');
});

sameAsNode('stdio: more data than a socket holds', async ({ spawn }) => {
  const { length } =
    (await bytesOf(spawn('sh', ['-c', 'head -c 3000000 /dev/zero | tr "\\0" x']).stdout)) ?? [];
  return length;
});

function bytesOf(stream) {
  return new Promise((resolve) => {
    let text = '';
    stream.on('data', (chunk) => {
      text += chunk;
    });
    stream.on('end', () => resolve(text));
  });
}

test('stdio: what has no words in Node is refused, and no child is left', async (t) => {
  const before = childrenOf(process.pid);
  const socket = dgram.createSocket('udp4');
  t.after(() => socket.close());
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  assert.throws(() => safeSpawn('true', { stdio: ['pipe', 'pipe', socket] }), {
    code: /^(EINVAL|ERR_INVALID_ARG_VALUE)$/,
  });
  assert.deepEqual(childrenOf(process.pid), before);
});

const withAbort =
  Number(process.versions.node.split('.')[0]) >= 22 && 'spawn() ends the process since Node 22';

for (const number of [1.5, Number.NaN, 2 ** 32 + 1, 99_999.5]) {
  sameAsNode(
    `stdio: the number ${number} is made an integer`,
    ({ spawn }) => void spawn('readlink', ['/proc/self/fd/3'], { stdio: [0, 'pipe', 'pipe', number] }),
    { skip: withAbort },
  );
}

/* Not compared: a spawn() of Node 24.21 or 26.10 that gets this damages the heap, and the process ends badly later. */
test('stdio: a descriptor below zero is refused as by Node 20 and 22', () => {
  const before = childrenOf(process.pid);
  for (const stdio of [
    ['pipe', 'pipe', { fd: -1 }],
    [0, 1, { fd: -1 }],
  ]) {
    assert.throws(
      () => safeSpawn('true', { stdio }),
      (error) => {
        assert.equal(error.message, 'spawn EINVAL: stdio[2] of true has no file descriptor');
        assert.deepEqual({ ...error }, { errno: -22, code: 'EINVAL', syscall: 'spawn', step: 'stdio' });
        return true;
      },
    );
  }
  assert.deepEqual(childrenOf(process.pid), before);
});

test('stdio: the streams of a child are those of Node', async () => {
  const child = safeSpawn('true', { stdio: ['pipe', 'pipe', 'ignore', 'pipe'] });
  assert.ok(child instanceof ChildProcess);
  assert.ok(child.stdin instanceof net.Socket);
  assert.equal(child.stdout, child.stdio[1]);
  assert.equal(child.stderr, null);
  await once(child, 'close');
});
