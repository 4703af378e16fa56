// HTTP on a unix socket: curl --unix-socket FILE http://localhost/status
import { once } from 'node:events';
import { lstatSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { printable } from './printable.ts';
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
      response.end(answer((await run(name)) ?? 'done'));
    } catch (error) {
      response.writeHead(400).end(answer((error as Error).message));
    }
  });
  await listen(server, supervisor.socket);
  return server;
}

function answer(value: unknown): string {
  return `${printable(JSON.stringify(value))}\n`;
}

/** For this user alone. */
async function listen(server: Server, socket: string): Promise<void> {
  await removeDeadSocket(socket);
  const umask = process.umask(0o077);
  server.listen(socket);
  process.umask(umask);
  await once(server, 'listening');
}

/** A supervisor that was killed has left its socket, to which nobody listens any more. Anything else stays. */
async function removeDeadSocket(path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isSocket()) fail(`${path} exists and is not a socket`);
  const error = await connectionError(path);
  if (error === undefined) fail(`another supervisor listens to ${path}`);
  // A socket of another type, of another user or with a full queue is in use.
  if (error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT') fail(`${path} is in use: ${error.message}`);
  rmSync(path, { force: true });
}

async function connectionError(path: string): Promise<NodeJS.ErrnoException | undefined> {
  const connection = connect(path);
  try {
    await once(connection, 'connect');
    return undefined;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  } finally {
    connection.destroy();
  }
}

function fail(message: string): never {
  throw new Error(message);
}
