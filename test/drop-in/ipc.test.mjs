import { once } from 'node:events';
import net from 'node:net';
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
