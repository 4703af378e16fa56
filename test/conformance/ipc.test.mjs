import { once } from 'node:events';
import net from 'node:net';
import { describeError } from './describe.mjs';
import { sameAsNode } from './harness.mjs';

const WITH_CHANNEL = { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] };

/** Answers each message with what it got, and ends when it is told so or loses its parent. */
const echo = `
  process.on('message', (message, handle) => {
    if (message === 'end') process.disconnect();
    else if (handle) handle.end('from the child');
    else process.send({ kind: Object.prototype.toString.call(message), message });
  });`;
const ECHO = [process.execPath, ['-e', echo]];

sameAsNode('messages both ways', async ({ spawn }) => {
  const child = spawn(...ECHO, WITH_CHANNEL);
  for (const message of ['text', 5, { deep: { list: [1, null] } }, true]) {
    child.send(message);
    await once(child, 'message');
  }
  child.send('end');
  await once(child, 'disconnect');
});

sameAsNode('the advanced serialization', async ({ spawn }) => {
  const child = spawn(...ECHO, { ...WITH_CHANNEL, serialization: 'advanced' });
  for (const message of [new Map([[1, 'one']]), new Date(0), [12n], new Uint8Array([1, 2])]) {
    child.send(message);
    await once(child, 'message');
  }
  child.send('end');
});

sameAsNode('a channel above stdio, with a gap', async ({ spawn }) => {
  const child = spawn(...ECHO, { stdio: ['ignore', 'pipe', 'ignore', 'ignore', 'pipe', 'ipc'] });
  child.send('text');
  await once(child, 'message');
  child.send('end');
});

sameAsNode('a channel and an environment that is given', ({ spawn }) => {
  spawn('sh', ['-c', 'echo "$NODE_CHANNEL_FD $NODE_CHANNEL_SERIALIZATION_MODE $GIVEN"'], {
    ...WITH_CHANNEL,
    env: { GIVEN: 'yes', PATH: process.env.PATH },
  });
});

sameAsNode('a channel and the environment of this process', ({ spawn }) => void spawn('env', WITH_CHANNEL));

sameAsNode('a connection that is passed on', async ({ spawn }) => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = net.connect(server.address().port, '127.0.0.1');
  const [accepted] = await once(server, 'connection');
  const child = spawn(...ECHO, WITH_CHANNEL);
  child.send('socket', accepted);
  const received = await client.setEncoding('utf8').toArray();
  server.close();
  child.send('end');
  return received.join('');
});

// After this Node never emits 'close'.
sameAsNode('disconnect() by the parent', async ({ bare }) => {
  const child = bare(...ECHO, WITH_CHANNEL);
  child.send('text');
  const answer = await once(child, 'message');
  child.disconnect();
  return [answer, await once(child, 'disconnect'), await once(child, 'exit'), child.connected];
});

sameAsNode('send() after the end', async ({ spawn }) => {
  const child = spawn('true', WITH_CHANNEL);
  await once(child, 'close');
  const results = [child.send('late', () => {}), child.connected, child.channel];
  child.on('error', () => {});
  return results.map(String);
});

sameAsNode('a channel to a child that does not use it', ({ spawn }) => void spawn('true', WITH_CHANNEL));

sameAsNode('the queue of a child that is killed', async ({ spawn }) => {
  const child = spawn('sleep', ['1000'], WITH_CHANNEL);
  child.send('one');
  child.kill('SIGKILL');
  await once(child, 'close');
});

// ---- a dead child, and races with disconnect() ---------------------------------------------------------------

/** What the callback of send() gets, and what send() returns. */
function sent(child, message, handle) {
  return new Promise((resolve) => {
    const returned = child.send(message, handle, (error) =>
      resolve([error && describeError(error), returned]),
    );
  });
}

function thrownBy(call) {
  try {
    call();
    return undefined;
  } catch (error) {
    return describeError(error);
  }
}

const SLEEP = ['sleep', ['1000'], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }];
/** Has a channel until it is told to end, and reads nothing from it. */
const DEAF = [process.execPath, ['-e', 'setInterval(() => {}, 1000)'], SLEEP[2]];

sameAsNode('send() to a dead child, with a callback', async ({ spawn }) => {
  const child = spawn(...SLEEP);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return [await sent(child, 'late'), child.connected];
});

sameAsNode('send() to a dead child, without a callback', async ({ spawn }) => {
  const child = spawn(...SLEEP);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const [error] = await Promise.all([once(child, 'error'), child.send('late')]);
  return error.map(describeError);
});

sameAsNode('send() of a socket to a dead child', async ({ spawn }) => {
  const child = spawn(...SLEEP);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const socket = new net.Socket();
  const result = await sent(child, 'late', socket);
  socket.destroy();
  return result;
});

sameAsNode('send() of what can not be sent', ({ spawn }) => {
  const child = spawn(...SLEEP);
  const thrown = [undefined, Symbol('x'), () => {}].map((message) => thrownBy(() => child.send(message)));
  thrown.push(thrownBy(() => child.send('text', {})));
  child.kill('SIGKILL');
  return thrown;
});

sameAsNode('disconnect() twice', async ({ bare }) => {
  const child = bare(...SLEEP);
  const errors = [];
  child.on('error', (error) => errors.push(describeError(error)));
  child.disconnect();
  child.disconnect();
  child.kill();
  return [await once(child, 'exit'), errors, child.connected];
});

sameAsNode('disconnect() of a dead child', async ({ spawn }) => {
  const child = spawn(...SLEEP);
  child.kill('SIGKILL');
  await once(child, 'exit');
  child.disconnect();
});

sameAsNode('disconnect() and kill() at once', async ({ bare }) => {
  const child = bare(...SLEEP);
  const disconnected = once(child, 'disconnect');
  child.disconnect();
  child.kill('SIGKILL');
  return [await disconnected, await once(child, 'exit'), child.connected, child.channel];
});

sameAsNode('disconnect() in a listener of its message', async ({ bare }) => {
  const child = bare(...ECHO, WITH_CHANNEL);
  child.send('text');
  const disconnected = once(child, 'disconnect');
  child.once('message', () => child.disconnect());
  return [await disconnected, await once(child, 'exit'), child.connected];
});

sameAsNode('disconnect() with messages under way', async ({ bare }) => {
  const child = bare(...DEAF);
  const results = Array.from({ length: 100 }, (_, index) => sent(child, { index, text: 'x'.repeat(10_000) }));
  child.disconnect();
  const connected = child.connected;
  child.kill('SIGKILL');
  return [connected, await once(child, 'exit'), (await Promise.all(results)).length];
});

sameAsNode('disconnect() by the child, at once', ({ spawn }) => {
  spawn(process.execPath, ['-e', 'process.disconnect()'], WITH_CHANNEL);
});

sameAsNode('disconnect() by both', async ({ bare }) => {
  const child = bare(...ECHO, WITH_CHANNEL);
  child.send('text');
  await once(child, 'message');
  child.send('end');
  child.disconnect();
  return [await once(child, 'exit'), child.connected];
});

/** In no order: a last message may be read in one turn of the loop with the exit, and the end after it in the next. */
function lastEvents(child) {
  return Promise.all(['message', 'disconnect', 'exit'].map((event) => once(child, event)));
}

sameAsNode('a last message of a child that exits', ({ bare }) =>
  lastEvents(bare(process.execPath, ['-e', "process.send('last', () => process.exit(3))"], SLEEP[2])),
);

sameAsNode('a child that closes the channel', async ({ spawn }) => {
  const child = spawn('sh', ['-c', 'exec 3>&-; exec sleep 1000'], SLEEP[2]);
  await once(child, 'disconnect');
  child.kill();
});

sameAsNode('a child that dies in the middle of a message', ({ bare }) =>
  lastEvents(bare('sh', ['-c', `printf '"whole"\\n{"half":' >&3`], SLEEP[2])),
);

sameAsNode('a channel to a program that does not exist', async ({ spawn }) => {
  const child = spawn('/no/such/program', [], SLEEP[2]);
  return [child.connected, typeof child.send, await sent(child, 'text')];
});
