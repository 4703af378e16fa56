import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);

export const registerPath = require.resolve('safe-spawn/register');
/** The options of Node that register, by its two loaders. */
export const REQUIRED = ['-r', registerPath];
export const IMPORTED = ['--import', pathToFileURL(registerPath.replace(/\.js$/, '.mjs')).href];

/** Runs a file of programs/ in a Node process of its own, and returns what it has printed, as JSON. */
export async function run(program, flags = [], { input, ...options } = {}) {
  const { stdout, ...end } = await runRaw(program, flags, { input, ...options });
  assert.deepEqual(end, { code: 0, signal: null });
  return JSON.parse(stdout);
}

/** The same, without a look at how it ended or at what it printed. */
export async function runRaw(
  program,
  flags = [],
  { input, stdio = ['ignore', 'pipe', 'inherit'], ...options } = {},
) {
  const path = join(import.meta.dirname, '..', 'fixtures', 'register', program);
  const child = spawn(process.execPath, ['--no-warnings', ...flags, path, JSON.stringify(input ?? {})], {
    ...options,
    env: { ...process.env, NODE_OPTIONS: '', ...options.env },
    stdio,
  });
  const outputs = [child.stdout, child.stderr].map((stream) => stream?.setEncoding('utf8').toArray());
  const [code, signal] = await once(child, 'close');
  const [stdout, stderr] = (await Promise.all(outputs)).map((chunks) => chunks?.join(''));
  return stderr === undefined ? { code, signal, stdout } : { code, signal, stdout, stderr };
}
