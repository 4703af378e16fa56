/*
 * Makes random calls of the whole family on node:child_process and on safe-spawn/child_process, and compares what comes of
 * them: `npm run fuzz -- --seed 7 --count 5000`. A difference is printed with the command that plays it alone.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { generateCase } from './generate.mjs';

const OPTIONS = {
  seed: { type: 'string', default: '1' },
  count: { type: 'string', default: '1000' },
  /** Plays this case alone, and prints it. */
  only: { type: 'string' },
  jobs: { type: 'string', default: String(availableParallelism()) },
  /** Another module in the place of safe-spawn/child_process, to try the fuzzer itself. */
  module: { type: 'string' },
};
/** Synchronous calls can't be interrupted: a worker that tells nothing for this time hangs in one. */
const SILENCE_MS = 60_000;

const { values } = parseArgs({ options: OPTIONS });
const [seed, count, jobs] = [values.seed, values.count, values.jobs].map(toNumber);
const folder = mkdtempSync(join(tmpdir(), 'safe-spawn-fuzz-'));
const found = [];

try {
  const indices =
    values.only === undefined ? Array.from({ length: count }, (_, index) => index) : [toNumber(values.only)];
  if (values.only !== undefined) console.log(describeCase(indices[0]));
  const shares = Array.from({ length: jobs }, (_, job) => indices.filter((index) => index % jobs === job));
  await Promise.all(shares.map(playShare));
  console.log(
    `${found.length} differences in ${indices.length} cases, seed ${seed}, Node ${process.version}`,
  );
  process.exitCode = found.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function toNumber(text) {
  if (!/^\d+$/.test(text)) throw new Error(`${text} is not a number`);
  return Number(text);
}

/** A worker that died, or hangs, is a difference in the case that it was at. Another one goes on with the next. */
async function playShare(indices, job) {
  for (let left = indices; left.length > 0; ) {
    const { at, end } = await runWorker(left, job);
    if (at === undefined) return;
    complain(at, `  the process ${end}`);
    left = left.slice(left.indexOf(at) + 1);
  }
}

/** Resolves to the case at which the worker ended before its time, and how. */
async function runWorker(indices, job) {
  const [stdout, stderr] = ['stdout', 'stderr'].map((name) => join(folder, `${name}-${job}`));
  const files = [stdout, stderr].map((path) => openSync(path, 'a'));
  const task = {
    seed,
    indices,
    folder: join(folder, `job-${job}-${indices[0]}`),
    stdout,
    stderr,
    module: values.module,
  };
  const program = fileURLToPath(new URL('worker.mjs', import.meta.url));
  const worker = spawn(process.execPath, ['--no-warnings', program, JSON.stringify(task)], {
    stdio: ['ignore', ...files, 'pipe'],
    // A case that signals its process group must not reach this process.
    detached: true,
    env: { ...process.env, A: 'outer' },
  });
  for (const file of files) closeSync(file);
  const silence = setTimeout(() => worker.kill('SIGKILL'), SILENCE_MS);
  const closed = once(worker, 'close');
  let at;
  for await (const line of createInterface({ input: worker.stdio[3] })) {
    silence.refresh();
    const { index, difference, isDone } = JSON.parse(line);
    at = isDone ? undefined : index;
    if (difference !== undefined)
      complain(index, `--- node\n${difference.node}\n--- safe-spawn\n${difference.ours}`);
  }
  clearTimeout(silence);
  const [code, signal] = await closed;
  if (at === undefined && code !== 0)
    throw new Error(`a worker ended with ${signal ?? code} outside of a case`);
  return { at, end: `ended with ${signal ?? `exit status ${code}`}` };
}

function complain(index, text) {
  found.push(index);
  const module = values.module === undefined ? '' : ` --module ${values.module}`;
  console.log(`${describeCase(index)}\n${text}`);
  console.log(`reproduce: node test/conformance/fuzz/index.mjs --seed ${seed} --only ${index}${module}\n`);
}

function describeCase(index) {
  const { call, isPromise, after } = generateCase(seed, index);
  const then = Object.keys(after).length > 0 ? `, then ${JSON.stringify(after)}` : '';
  return `case ${index} of seed ${seed}: ${isPromise ? 'promisified ' : ''}${call}${then}`;
}
