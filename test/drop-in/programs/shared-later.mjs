/** A Worker comes to share the environment after the library was loaded. Prints what is no whole variable of a child. */
import { safeSpawnSync } from 'safe-spawn';

const names = Object.keys(process.env);
const [own] = variables().map((variable) => variable.length);
const { SHARE_ENV, Worker } = await import('node:worker_threads');
const worker = new Worker(process.argv[2], { eval: true, env: SHARE_ENV });
await new Promise((resolve) => worker.once('online', resolve));

function variables() {
  const { stdout, error } = safeSpawnSync('env', ['-0'], { encoding: 'utf8' });
  return error === undefined ? stdout.split('\0').slice(0, -1) : [`${error}`];
}

function isWhole(variable) {
  return /^CHANGED_\d+=(value)+$/.test(variable) || names.includes(variable.split('=')[0]);
}

const broken = Array.from({ length: 100 }, variables).flatMap((list) => list.filter((one) => !isWhole(one)));
await worker.terminate();
console.log(JSON.stringify({ hasOwn: own > 0, broken }));
