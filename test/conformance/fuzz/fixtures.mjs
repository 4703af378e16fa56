// The files and descriptors that cases use as `fx`.

import { once } from 'node:events';
import {
  closeSync,
  createWriteStream,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const SCRIPTS = {
  script: '#!/bin/sh\necho script "$0" "$@"\n',
  plainScript: 'echo plain "$0" "$@"\n',
  emptyScript: '',
  badInterpreter: '#!/nonexistent/interpreter\n',
  crlfScript: '#!/bin/sh\r\necho crlf\r\n',
};
/** Echoes the first message, and lives until its channel is closed. */
const FORKED = `
process.on('message', (message) => process.send({ received: message, type: typeof message }));
process.send?.({ argv: process.argv.slice(2), execArgv: process.execArgv, A: process.env.A, title: process.title.slice(0, 9) });
console.log('forked', process.argv.length);
console.error('err');
`;

/** The files lie in `folder`, which becomes the current directory. `stdout` and `stderr` are files that the process writes to. */
export async function makeFixtures(folder, { stdout, stderr }) {
  mkdirSync(folder, { recursive: true });
  process.chdir(folder);
  const files = Object.entries(SCRIPTS).map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o755 });
    return [name, path];
  });
  const paths = {
    ...Object.fromEntries(files),
    folder,
    relativeScript: './script',
    notExecutable: writeText(folder, 'not-executable', '#!/bin/sh\n'),
    forked: writeText(folder, 'forked.cjs', FORKED),
    inputFile: writeText(folder, 'input', 'input file\n'),
    outputFile: writeText(folder, 'output', ''),
  };
  const written = [paths.outputFile, stdout, stderr];
  const socket = await connectedSocket(join(folder, 'socket'));
  return { fresh: () => freshFixtures(paths, socket, written) };
}

function writeText(folder, name, text) {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** What was written to it is thrown away. */
async function connectedSocket(path) {
  const server = createServer((connection) => connection.resume())
    .listen(path)
    .unref();
  await once(server, 'listening');
  const socket = connect(path).unref();
  await once(socket, 'connect');
  return socket;
}

/** For one call: descriptors have an offset, and a signal can be aborted once. */
function freshFixtures(paths, socket, written) {
  for (const path of written) truncateSync(path);
  const descriptors = {
    null: openSync('/dev/null', 'r+'),
    input: openSync(paths.inputFile, 'r'),
    output: openSync(paths.outputFile, 'a+'),
  };
  const controller = new AbortController();
  return {
    values: {
      ...paths,
      ...descriptors,
      socket,
      forkedUrl: pathToFileURL(paths.forked),
      writeStream: createWriteStream('', { fd: descriptors.output, autoClose: false }),
      signal: controller.signal,
    },
    abort: () => controller.abort(),
    /** Returns what children have written to files that they were given. */
    end: () => {
      for (const fd of Object.values(descriptors)) closeSync(fd);
      return written.map((path) => readFileSync(path, 'latin1'));
    },
  };
}
