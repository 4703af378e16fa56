// The leak and its cure, on real programs. Exit status 1 if it did not come out as told.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openFds } from 'safe-spawn';
import { startWithLogPipe } from './log-pipe.mjs';
import { noted, notedNow } from './notes.mjs';
import { bytesWritten, state } from './proc.mjs';
import { bad, dim, good, say, title } from './screen.mjs';
import { isInstalled, supervisors } from './supervisors.mjs';

const WATCHED_MS = 1000;
const PATIENCE_MS = 10_000;
const safeSpawnCommand = fileURLToPath(new URL('../dist/cli/index.js', import.meta.url));

let undo;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    undo?.();
    process.kill(process.pid, signal);
  });
}

process.exitCode = (await main()) ? 0 : 1;

async function main() {
  say('A supervisor was started with a log pipe that nobody marked close-on-exec.');
  say('It starts a service with that pipe as stdout, and is killed. What becomes of the service?');

  let isAsTold = true;
  for (const supervisor of supervisors) {
    title(supervisor.title);
    if (isInstalled(supervisor)) isAsTold = (await isPlayedAsTold(supervisor)) && isAsTold;
    else say(dim('   left out, since it is not installed'));
  }
  return isAsTold;
}

async function isPlayedAsTold({ command, hangs }) {
  const { leaked, end } = await play(command);
  const isHanging = end === 'hangs' && leaked.length > 0;
  const isCured = end === 'gone' && leaked.length === 0;
  if (isCured)
    say(
      good('   It held what it was given and nothing else, so the pipe broke when its reader died: SIGPIPE.'),
    );
  if (hangs && !isHanging) say(bad('   It was to hang, and did not.'));
  if (!hangs && !isCured)
    say(bad('   It was to die with its reader, and to hold nothing else, and did not.'));
  return hangs ? isHanging : isCured;
}

async function play(command) {
  const folder = mkdtempSync(join(tmpdir(), 'safe-spawn-demo-'));
  const supervisor = startWithLogPipe(command(folder), folder);
  undo = () => {
    for (const leader of [supervisor.pid, notedNow(folder, 'pid'), notedNow(folder, 'reader')])
      killGroup(leader);
    rmSync(folder, { recursive: true, force: true });
  };
  let service;
  try {
    service = await firstBytes(supervisor, folder);
    const leaked = showDescriptors(service, folder);
    await killReaders(supervisor, folder);
    return { leaked, end: await fate(service, folder) };
  } finally {
    undo();
    while (service !== undefined && state(service) !== undefined) await sleep(10);
  }
}

async function firstBytes(supervisor, folder) {
  const bytes = await noted(folder, 'read', PATIENCE_MS);
  const service = await noted(folder, 'pid', PATIENCE_MS);
  if (bytes === undefined || service === undefined) throw new Error('the service has written nothing');
  say(`   supervisor ${supervisor.pid} has read ${bytes} bytes of its service ${service} (yes)`);
  return service;
}

function showDescriptors(service, folder) {
  const leaked = [];
  for (const { fd, target, access } of openFds(service)) {
    const row = `   ${String(fd).padStart(6)} -> ${target.replace(`${folder}/`, '')} ${dim(access)}`;
    if (fd > 2) leaked.push(fd);
    say(fd > 2 ? `${row}   ${bad('leaked')}` : row);
  }
  return leaked;
}

/** The supervisor, and where it is not itself the one that reads the log, the program that does. */
async function killReaders(supervisor, folder) {
  const reader = notedNow(folder, 'reader');
  const died = once(supervisor, 'exit');
  supervisor.kill('SIGKILL');
  await died;
  if (reader !== undefined) process.kill(reader, 'SIGKILL');
  say(`   ${dim('$')} kill -9 ${[supervisor.pid, reader].join(' ').trimEnd()}`);
}

/** 'gone' or 'hangs', if all is as told. */
async function fate(service, folder) {
  const start = performance.now();
  let written = bytesWritten(service);
  let silentSince = start;
  for (;;) {
    const now = performance.now();
    if (state(service) === undefined) return ended(now - start);
    if (bytesWritten(service) !== written) silentSince = now;
    written = bytesWritten(service);
    if (now - silentSince > WATCHED_MS) return inspected(service, folder);
    if (now - start > PATIENCE_MS) return 'goes on writing';
    await sleep(10);
  }
}

function inspected(service, folder) {
  say(`   ${dim('$')} npx safe-spawn inspect ${service}`);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [safeSpawnCommand, 'inspect', String(service)],
    { encoding: 'utf8' },
  );
  const [headline, ...lines] = `${stdout}${stderr}`.replaceAll(`${folder}/`, '').trimEnd().split('\n');
  say(`   ${bad(headline)}`);
  for (const line of lines) say(`   ${line}`.trimEnd());
  return status === 1 ? 'hangs' : 'is silent';
}

function ended(after) {
  say(`   ${good('gone')} after ${Math.ceil(after)} ms`);
  return 'gone';
}

function killGroup(leader) {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
