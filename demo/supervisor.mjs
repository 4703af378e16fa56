// A supervisor: starts one service with its log pipe as stdout, and reads the log.
// usage: supervisor.mjs child_process|safe-spawn FOLDER
import * as childProcess from 'node:child_process';
import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { safeSpawn } from 'safe-spawn';
import { LOG_READ, LOG_WRITE } from './log-pipe.mjs';

const [library, folder] = process.argv.slice(2);
const start = { child_process: childProcess.spawn, 'safe-spawn': safeSpawn }[library];
const script = fileURLToPath(new URL('service.sh', import.meta.url));

start('sh', [script, folder], { stdio: ['ignore', LOG_WRITE, 'inherit'] });

const log = createReadStream('', { fd: LOG_READ });
log.once('data', ({ length }) => writeFileSync(join(folder, 'read'), `${length}\n`));
log.resume();
