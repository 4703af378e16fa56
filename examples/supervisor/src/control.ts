// HTTP on a unix socket: curl --unix-socket FILE http://localhost/status
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import type { Supervisor } from './supervisor.ts';

/** What is asked for, as METHOD PATH, to what is done. */
type Actions = Record<string, (name: string) => unknown>;

export async function serve(supervisor: Supervisor, shutDown: () => void): Promise<Server> {
  const program = (name: string) => supervisor.program(name) ?? fail(`there is no program ${name}`);
  const actions: Actions = {
    'GET status': () => supervisor.status(),
    'POST start': (name) => program(name).start(),
    'POST stop': (name) => program(name).stop(),
    'POST reload': () => supervisor.reload(),
    'POST shutdown': shutDown,
  };
  const server = createServer(async (request, response) => {
    const [, action = '', name = ''] = (request.url ?? '').split('/');
    try {
      const run = actions[`${request.method} ${action}`] ?? fail(`no ${request.method} ${request.url}`);
      response.end(`${JSON.stringify((await run(name)) ?? 'done')}\n`);
    } catch (error) {
      response.writeHead(400).end(`${JSON.stringify((error as Error).message)}\n`);
    }
  });
  await listen(server, supervisor.socket);
  return server;
}

/** For this user alone. A supervisor that was killed has left its socket, to which nobody listens any more. */
async function listen(server: Server, socket: string): Promise<void> {
  if (await isListening(socket)) fail(`another supervisor listens to ${socket}`);
  rmSync(socket, { force: true });
  const umask = process.umask(0o077);
  server.listen(socket);
  process.umask(umask);
  await once(server, 'listening');
}

async function isListening(socket: string): Promise<boolean> {
  const connection = connect(socket);
  try {
    await once(connection, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    connection.destroy();
  }
}

function fail(message: string): never {
  throw new Error(message);
}
