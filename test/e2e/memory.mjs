/**
 * memory.mjs COUNT FAULT, with --expose-gc and --max-semi-space-size=1: prints by how many bytes the resident memory
 * grew over so many spawns. The young generation is kept small, or its own growth would hide everything else.
 */

import { once } from 'node:events';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { safeSpawn } from 'safe-spawn';
import { builtProgram } from '../../bench/runner/native.mjs';

const WARM_UP = 3_000;
const AT_ONCE = 8;

const [count, fault] = [Number(process.argv[2]), process.argv[3] === 'true'];
const tiny = builtProgram('tiny');
const shapes = [{ stdio: 'ignore' }, { stdio: 'pipe' }];
const kept = [];

async function spawnOnce(shape) {
  const child = safeSpawn(tiny, [], shape);
  if (fault) kept.push(child);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the target ended with ${code}`);
}

async function spawnMany(total) {
  for (let done = 0; done < total; done += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => spawnOnce(shapes[i % shapes.length])));
  }
}

/** Objects with finalizers need a turn of the loop, and another collection. */
async function residentMemory() {
  for (let i = 0; i < 5; i++) {
    globalThis.gc();
    await turnOfTheLoop();
  }
  return process.memoryUsage.rss();
}

await spawnMany(WARM_UP);
const before = await residentMemory();
await spawnMany(count);
const after = await residentMemory();
console.log(JSON.stringify({ before, after, grownBy: after - before }));
