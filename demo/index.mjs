// The leak and its cure, on real programs. Exit status 1 if it did not come out as told.
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openFds } from 'safe-spawn';
import { startWithLogPipe } from './log-pipe.mjs';
import { bytesWritten, signalOfStatus, state, waitsIn, writesTo } from './proc.mjs';
import { bad, dim, good, say, title } from './screen.mjs';

const WATCHED_MS = 3000;
const PATIENCE_MS = 10_000;
const supervisorScript = fileURLToPath(new URL('supervisor.mjs', import.meta.url));

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

  title('1. child_process.spawn');
  const stock = await play('child_process');
  const hangs = stock.end === 'hangs' && stock.leaked.length > 0;
  if (hangs) say(bad('   It holds the read end of its own stdout: no SIGPIPE, no EOF, a writer for ever.'));

  title('2. safeSpawn');
  const safe = await play('safe-spawn');
  const cured = safe.end === 'SIGPIPE' && safe.leaked.length === 0;
  if (cured)
    say(good('   It held what it was given and nothing else, so the pipe broke when its reader died.'));

  say();
  if (!hangs) say(bad('The service of child_process.spawn was to hang, and did not.'));
  if (!cured) say(bad('The service of safeSpawn was to die of SIGPIPE, and did not.'));
  return hangs && cured;
}

async function play(library) {
  const folder = mkdtempSync(join(tmpdir(), 'safe-spawn-demo-'));
  const supervisor = startWithLogPipe(supervisorScript, [library, folder], folder);
  undo = () => {
    killGroup(supervisor.pid);
    rmSync(folder, { recursive: true, force: true });
  };
  let service;
  try {
    service = await firstBytes(supervisor, folder);
    const leaked = showDescriptors(service, folder);
    await kill(supervisor);
    return { leaked, end: await fate(service, folder) };
  } finally {
    undo();
    while (service !== undefined && state(service) !== undefined) await sleep(10);
  }
}

async function firstBytes(supervisor, folder) {
  const gone = new AbortController();
  supervisor.once('exit', () => gone.abort(new Error('the supervisor ended before its service wrote')));
  const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(PATIENCE_MS)]);
  const [{ bytes }] = await once(supervisor, 'message', { signal });
  const service = await noted(folder, 'pid');
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

async function kill(supervisor) {
  const died = once(supervisor, 'exit');
  supervisor.kill('SIGKILL');
  await died;
  say(`   kill -9 ${supervisor.pid}`);
}

/** 'hangs', or how the service ended. */
async function fate(service, folder) {
  const start = performance.now();
  let written = bytesWritten(service);
  let silentSince = start;
  for (;;) {
    const now = performance.now();
    if (state(service) === undefined) return ended(folder, now - start);
    if (bytesWritten(service) !== written) silentSince = now;
    written = bytesWritten(service);
    if (now - silentSince > WATCHED_MS) return hangs(service, now - silentSince);
    if (now - start > PATIENCE_MS) return 'goes on writing';
    await sleep(10);
  }
}

function hangs(service, silent) {
  const where = [`state ${state(service)}`];
  if (writesTo(service) !== undefined) where.push(`in write(${writesTo(service)}, ...)`);
  if (waitsIn(service)) where.push(waitsIn(service));
  say(`   ${bad('still there')}: ${where.join(', ')}, not a byte in ${Math.round(silent / 1000)} s`);
  return 'hangs';
}

async function ended(folder, after) {
  const status = await noted(folder, 'status');
  const how = signalOfStatus(status) ?? `status ${status}`;
  say(`   ${good('gone')}: ${how} after ${Math.ceil(after)} ms`);
  return how;
}

/** A number that the script around the service writes down when it knows it. */
async function noted(folder, name) {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const line = readIfThere(join(folder, name));
    if (line.endsWith('\n')) return Number(line);
    await sleep(10);
  }
  return undefined;
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function killGroup(leader) {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
