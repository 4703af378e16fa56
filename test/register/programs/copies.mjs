/** Registers with two copies of the library, and counts how often a command runs, by every function of each. */
import childProcess from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

function loadCopy() {
  const root = dirname(require.resolve('safe-spawn'));
  for (const path of Object.keys(require.cache)) {
    if (path.startsWith(root)) delete require.cache[path];
  }
  return require('safe-spawn');
}

const directory = mkdtempSync(join(tmpdir(), 'safe-spawn-copies-'));
const log = join(directory, 'log');
const command = ['sh', ['-c', `echo run >> ${log}`]];
const stockSpawn = childProcess.spawn;
const stockExec = childProcess.exec;

async function count(start) {
  appendFileSync(log, '');
  const before = readFileSync(log, 'utf8').length;
  const child = start();
  if (child?.once !== undefined) await once(child, 'close');
  return (readFileSync(log, 'utf8').length - before) / 'run\n'.length;
}

const copies = [loadCopy(), loadCopy()];
const undos = copies.map(({ register }) => register());
const counts = {
  different: copies[0].safeSpawn !== copies[1].safeSpawn,
  registered: await count(() => childProcess.spawn(...command)),
  taken: await count(() => stockSpawn(...command)),
  takenExec: await count(() => stockExec(command[1][1])),
  first: await count(() => copies[0].safeSpawn(...command)),
  second: await count(() => copies[1].safeSpawn(...command)),
  secondExec: await count(() => copies[1].safeExec(command[1][1])),
  sync: await count(() => childProcess.spawnSync(...command)),
  third: await count(() => loadCopy().safeSpawn(...command)),
};
undos[0]();
counts.stillRegistered = childProcess.spawn !== stockSpawn;
undos[1]();
counts.restored = childProcess.spawn === stockSpawn;
counts.afterwards = await count(() => childProcess.spawn(...command));
rmSync(directory, { recursive: true });
process.stdout.write(JSON.stringify(counts));
