/** Registers with default launch options, and prints the limits and descriptors of children. */
import childProcess, { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readdirSync } from 'node:fs';
import { openFds, register, safeSpawn } from 'safe-spawn';
import { openLeak } from './leak.mjs';

const stockSpawn = childProcess.spawn;
const kept = openLeak(700);
const closed = openLeak(701);
openLeak(702);

const LIMIT = ['sh', ['-c', 'ulimit -Sn']];
const FDS = ['sh', ['-c', 'for fd in 700 701 702; do test -e /proc/self/fd/$fd && echo $fd; done']];

/** Open, but not shown: one that the library keeps for itself. */
function isInternal(number) {
  return existsSync(`/proc/self/fd/${number}`) && !openFds().some(({ fd }) => fd === number);
}

async function textOf(child) {
  const chunks = child.stdout.setEncoding('utf8').toArray();
  await once(child, 'close');
  return (await chunks).join('').trim();
}

const undo = register({ rlimits: { nofile: { soft: 512 }, core: 0 }, passFds: [kept, closed] });
closeSync(closed);
const seen = {
  imported: await textOf(spawn(...LIMIT)),
  taken: await textOf(stockSpawn(...LIMIT)),
  safe: await textOf(safeSpawn(...LIMIT)),
  sync: String(spawnSync(...LIMIT).stdout).trim(),
  own: await textOf(safeSpawn(...LIMIT, { rlimits: { nofile: { soft: 300 } } })),
  ownCore: await textOf(safeSpawn('sh', ['-c', 'ulimit -c'], { rlimits: { nofile: { soft: 300 } } })),
  fds: await textOf(spawn(...FDS)),
  fdsSync: String(spawnSync(...FDS).stdout).trim(),
};
openSync('/dev/zero');
openLeak(701);
seen.fdsOfAnother = await textOf(spawn(...FDS));
const undoSecond = register({ rlimits: { nofile: { soft: 400 } } });
seen.second = await textOf(spawn(...LIMIT));
undoSecond();
seen.firstAgain = await textOf(spawn(...LIMIT));
undo();
seen.afterwards = (await textOf(spawn(...LIMIT))) !== '512';
const internal = readdirSync('/proc/self/fd').find((fd) => isInternal(Number(fd)));
seen.wrong = [
  { passFds: [9999] },
  { passFds: [1] },
  { passFds: [Number(internal)] },
  { passFds: 5 },
  { rlimits: { nothing: 1 } },
  null,
  'rlimits',
].map((options) => {
  try {
    register(options);
    return 'none';
  } catch (error) {
    return error.code;
  }
});
seen.registeredByWrong = childProcess.spawn !== stockSpawn;
process.stdout.write(JSON.stringify(seen));
