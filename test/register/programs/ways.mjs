/** Starts a child in every way that there is, and prints which of them got the descriptor that it must not have. */
import * as childProcess from 'node:child_process';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { holdsLeak, LEAK, openLeak } from './leak.mjs';

const { ChildProcess, exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } = childProcess;
const self = fileURLToPath(import.meta.url);
const script = `test -e /proc/self/fd/${LEAK} && echo leak || echo none`;
const shell = ['sh', ['-c', script]];

async function textOf(child) {
  return (await child.stdout.setEncoding('utf8').toArray()).join('').trim();
}

function spawnMethod() {
  const child = new ChildProcess();
  child.spawn({ file: 'sh', args: ['sh', '-c', script], envPairs: ['PATH=/usr/bin:/bin'], stdio: 'pipe' });
  return textOf(child);
}

const WAYS = {
  spawn: () => textOf(spawn(...shell)),
  exec: () => textOf(exec(script)),
  execFile: () => textOf(execFile(...shell)),
  'exec, promisified': async () => (await promisify(exec)(script)).stdout.trim(),
  'execFile, promisified': async () => (await promisify(execFile)(...shell)).stdout.trim(),
  fork: async () => (await once(fork(self, ['child']), 'message'))[0],
  'method of a new ChildProcess': spawnMethod,
  'cluster.fork': async () => {
    cluster.setupPrimary({ exec: self, args: ['child'] });
    const worker = cluster.fork();
    const [answer] = await once(worker, 'message');
    await once(worker, 'exit');
    return answer;
  },
  spawnSync: () => spawnSync(...shell, { encoding: 'utf8' }).stdout.trim(),
  execSync: () => execSync(script, { encoding: 'utf8' }).trim(),
  execFileSync: () => execFileSync(...shell, { encoding: 'utf8' }).trim(),
  'spawnSync in a Worker': () => inWorker('spawnSync'),
  'execSync in a Worker': () => inWorker('execSync'),
};

/** Modules that are imported at the start are not there, those that are required are. */
const WAYS_OF_TEXT = { 'spawnSync in a Worker of a text': () => inWorkerOfText('spawnSync') };

async function inWorker(name, source = new URL('worker.cjs', import.meta.url), options = {}) {
  const worker = new Worker(source, { ...options, workerData: { name, script } });
  const [answer] = await once(worker, 'message');
  return answer;
}

function inWorkerOfText(name) {
  return inWorker(name, readFileSync(new URL('worker.cjs', import.meta.url), 'utf8'), { eval: true });
}

if (process.argv[2] === 'child') {
  process.send(holdsLeak() ? 'leak' : 'none', () => process.disconnect());
} else {
  openLeak();
  const results = {};
  const { ofText } = JSON.parse(process.argv[2]);
  for (const [way, start] of Object.entries(ofText ? WAYS_OF_TEXT : WAYS)) results[way] = await start();
  process.stdout.write(JSON.stringify(results));
}
