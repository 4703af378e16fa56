import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { safeSpawn } from 'safe-spawn';
import { failureOf, failures } from '../helpers/failures.mjs';
import { addon, RLIMIT_NOFILE } from '../helpers/native.mjs';
import { eventually } from '../helpers/poll.mjs';
import { childrenOf, fdTargets, nofileLimits } from '../helpers/processes.mjs';

const SPAWNS = 2000;
const CHANNELS = 200;
const AT_ONCE = 20;
const { hard } = nofileLimits();

/** Calls `start` so many times, AT_ONCE of them together. */
async function repeat(start, count = SPAWNS) {
  for (let started = 0; started < count; started += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => start(started + index)));
  }
}

async function run(options) {
  const child = safeSpawn('true', [], options);
  const [code] = await once(child, 'close');
  assert.equal(code, 0);
}

/** How many descriptors are open. The first spawn of a process opens what the library keeps. */
function openCount() {
  return Object.keys(fdTargets()).length;
}

/** Streams close their descriptors on a later turn of the loop than the one that tells of the end. */
async function settled(count) {
  await eventually(`${count} descriptors are open`, () => openCount() === count);
  assert.deepEqual(childrenOf(process.pid), []);
}

test(`${SPAWNS} children that ran leave no descriptor and no zombie`, async () => {
  await run();
  const before = openCount();
  const forms = [{ stdio: 'ignore' }, { stdio: 'pipe' }, { stdio: ['pipe', 'ignore', 'inherit', 'pipe'] }];
  await repeat((index) => run(forms[index % forms.length]));
  await settled(before);
});

test(`${SPAWNS} spawns that failed leave no descriptor and no zombie`, async () => {
  await run();
  const before = openCount();
  await repeat(async (index) => {
    const failure = failures[index % failures.length];
    assert.equal((await failureOf(safeSpawn, failure)).code, failure.code, failure.what);
  });
  await settled(before);
});

/** In the order in which they are called, without a turn of the loop in between. */
const lastWords = [
  (child) => [child.kill('SIGKILL'), child.send('late', () => {})],
  (child) => [child.send('early', () => {}), child.kill('SIGKILL')],
  (child) => [child.send('socket', new Socket(), () => {}), child.kill('SIGKILL')],
  (child) => [child.disconnect(), child.kill('SIGKILL')],
  (child) => [child.send('early', () => {}), child.disconnect(), child.kill('SIGKILL')],
];

test(`${CHANNELS} channels to children that die leave no descriptor and no zombie`, async () => {
  await run();
  const before = openCount();
  await repeat(async (index) => {
    const child = safeSpawn('sleep', ['1000'], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    lastWords[index % lastWords.length](child);
    await once(child, 'exit');
  }, CHANNELS);
  await settled(before);
});

test('spawns that find no free descriptor leave none behind and none taken', async () => {
  await run();
  const before = openCount();
  const taken = takeAllDescriptors();
  const errors = await Promise.all(
    Array.from({ length: AT_ONCE }, () => failureOf(safeSpawn, { file: 'true' })),
  );
  giveBack(taken);

  assert.deepEqual(new Set(errors.map(({ code }) => code)), new Set(['EMFILE']));
  await settled(before);
  await run();
});

/** Not up to the limit in force, which may be a thousand million. */
function takeAllDescriptors() {
  const taken = [];
  addon.setSoftLimit(RLIMIT_NOFILE, 256);
  try {
    for (;;) taken.push(addon.duplicate(0, 0));
  } catch {
    return taken;
  }
}

function giveBack(taken) {
  taken.forEach(addon.closeFd);
  addon.setSoftLimit(RLIMIT_NOFILE, hard);
}
