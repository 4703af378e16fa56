/** Puts other objects in the place of process.env, in this thread or a Worker, and prints what children get. */
import { once } from 'node:events';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { STOCK } from '../../helpers/contenders.mjs';

const [, , arm, input] = process.argv;
const { inWorker, early } = JSON.parse(input);
const genuine = process.env;
const replaced = { PATH: genuine.PATH, REPLACED: 'yes', NODE_V8_COVERAGE: '/nonexistent' };

function seen({ spawnSync }) {
  const { stdout } = spawnSync('/usr/bin/env', { encoding: 'utf8' });
  return stdout.split('\n').sort();
}

async function play() {
  genuine.ADDED = 'before';
  if (early) process.env = replaced;
  const module = await import(arm === STOCK ? 'node:child_process' : 'safe-spawn/child_process');
  process.env = genuine;
  const results = [seen(module)];
  process.env = replaced;
  genuine.ADDED = 'afterwards';
  results.push(seen(module));
  process.env = new Proxy(genuine, { get: (target, name) => (name === 'ADDED' ? 'by proxy' : target[name]) });
  results.push(seen(module));
  process.env = genuine;
  results.push(seen(module));
  return results;
}

if (!isMainThread) parentPort.postMessage(await play());
else if (!inWorker) console.log(JSON.stringify(await play()));
else {
  const worker = new Worker(new URL(import.meta.url), { argv: [arm, input] });
  console.log(JSON.stringify((await once(worker, 'message'))[0]));
}
