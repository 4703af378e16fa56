/** leftovers.mjs COUNT FAULT: prints what so many failed and so many good spawns left in this process. */

import { once } from 'node:events';
import { openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { safeSpawn } from 'safe-spawn';
import { builtProgram } from '../../bench/runner/native.mjs';

const AT_ONCE = 20;
const PATIENCE = 5_000;

const [count, fault] = [Number(process.argv[2]), process.argv[3] === 'true'];
const tiny = builtProgram('tiny');

const good = [
  () => safeSpawn(tiny, [], { stdio: 'ignore' }),
  () => safeSpawn(tiny, [], { stdio: 'pipe' }),
  () => safeSpawn(tiny, [], { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] }),
  () => safeSpawn(tiny, [], { stdio: ['pipe', 'pipe', 'pipe', 'ipc'] }),
  () => safeSpawn(tiny, [], { stdio: 'ignore', detached: true, rlimits: { core: 0 } }),
];

const failing = [
  () => safeSpawn('/nonexistent/program'),
  () => safeSpawn('no-such-program-in-path', [], { stdio: 'ignore' }),
  () => safeSpawn('/dev/null', [], { stdio: ['pipe', 'pipe', 'pipe', 'ipc'] }),
  () => safeSpawn(tiny, [], { cwd: '/nonexistent' }),
  () => safeSpawn(tiny, ['x'.repeat(2 ** 20)]),
  () => safeSpawn(tiny, [], { stdio: ['pipe', 'pipe', 99_999] }),
];

async function expectSuccess(start) {
  const [code] = await once(start(), 'close');
  if (code !== 0) throw new Error(`a good spawn ended with ${code}`);
}

/** By a throw or by an 'error' event, as in Node. */
async function expectFailure(start) {
  let child;
  try {
    child = start();
  } catch {
    return;
  }
  const outcome = await new Promise((resolve) => {
    child.once('error', () => resolve('error'));
    child.once('exit', () => resolve('exit'));
  });
  if (outcome === 'exit') throw new Error(`a spawn of ${child.spawnfile} was meant to fail`);
}

async function repeat(expectation, starts) {
  for (let done = 0; done < count; done += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_, i) => expectation(starts[(done + i) % starts.length])),
    );
  }
}

/** The listing of /proc/self/fd has a descriptor of its own, gone by the time it is looked at. */
function openDescriptors() {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}

/** Processes whose parent is this one, alive or zombies. */
function countChildren() {
  const statuses = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(readStatus);
  return statuses.filter((status) => status.includes(`\nPPid:\t${process.pid}\n`)).length;
}

function readStatus(pid) {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

function takeStock() {
  const descriptors = openDescriptors();
  return {
    descriptors: descriptors.length,
    pidfds: descriptors.filter((target) => target.includes('pidfd')).length,
    children: countChildren(),
  };
}

/** As long as something more than before is there, but not for ever: streams close after the events of their child. */
async function leftOver(before) {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const entries = Object.entries(takeStock()).map(([name, count]) => [name, count - before[name]]);
    if (entries.every(([, count]) => count <= 0) || Date.now() > deadline) return Object.fromEntries(entries);
    await setTimeout(10);
  }
}

/** The child ends with its input, that is with this process. */
function leaveSomething() {
  openSync('/dev/null');
  safeSpawn('cat', [], { stdio: ['pipe', 'ignore', 'ignore'] });
}

for (const start of good) await expectSuccess(start);
const before = takeStock();

await repeat(expectSuccess, good);
await repeat(expectFailure, failing);
if (fault) leaveSomething();
console.log(JSON.stringify(await leftOver(before)));
process.exit();
