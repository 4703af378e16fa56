/** What limits do to a program that reaches them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { safeSpawn } from 'safe-spawn';
import { failureOf } from '../helpers/failures.mjs';
import { withoutRoot } from '../helpers/requirements.mjs';
import { scratchPath } from '../helpers/scratch.mjs';

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;

/** A user that runs nothing else: processes of a user are counted together. */
const LONELY = 1_900_000_000 + (process.pid % 1_000_000);

async function endOf(command, rlimits, options) {
  const child = safeSpawn('sh', ['-c', command], { rlimits, ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { stdout, stderr, code, signal };
}

test('fsize: SIGXFSZ, and the file ends there', async () => {
  const path = scratchPath('file');
  const { signal } = await endOf(`exec head -c 10000 /dev/zero > ${path}`, { fsize: 4096 });
  assert.equal(signal, 'SIGXFSZ');
  assert.equal(statSync(path).size, 4096);
});

test('cpu: SIGXCPU at the soft limit', async () => {
  const { signal } = await endOf('while :; do :; done', { cpu: { soft: 1, hard: 10 } });
  assert.equal(signal, 'SIGXCPU');
});

test('core 0: no dump is written', async () => {
  const { signal } = await endOf('kill -SEGV $$', { core: 0 });
  assert.equal(signal, 'SIGSEGV');
});

test('nofile: too small for a program that opens its libraries', async () => {
  const { stdout } = await endOf('ulimit -n', { nofile: 8 });
  assert.equal(stdout, '8\n');
  const { code } = await endOf('ulimit -n', { nofile: 3 });
  assert.notEqual(code, 0);
});

test('memlock and stack are those that the program reads', async () => {
  const limits = { memlock: 64 * KIBIBYTE, stack: { soft: MEBIBYTE } };
  const child = safeSpawn('cat', ['/proc/self/limits'], { rlimits: limits });
  const lines = await text(child.stdout);
  assert.match(lines, /^Max locked memory +65536 +65536 /m);
  assert.match(lines, /^Max stack size +1048576 /m);
});

test('as: too small for a program that allocates', async () => {
  const { code } = await endOf('exec head -c 200000000 /dev/zero | tail -c 100000000 >/dev/null', {
    as: 32 * MEBIBYTE,
  });
  assert.notEqual(code, 0);
});

test('as: too small to start is the signal that the child dies of, or the error, and no hang', async () => {
  const child = safeSpawn('true', [], { rlimits: { as: 4 * KIBIBYTE }, stdio: 'ignore' });
  const end = await new Promise((resolve) => {
    child.once('error', ({ code, signal }) => resolve({ code, signal }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  assert.ok(end.code !== 0 || end.signal, JSON.stringify(end));
});

test('stack: what does not fit into a quarter of it is E2BIG, and the message says so', async () => {
  const argument = 'x'.repeat(100 * KIBIBYTE);
  const plan = {
    file: 'true',
    args: Array(4).fill(argument),
    options: { rlimits: { stack: { soft: MEBIBYTE } } },
  };
  const { code, step, message } = await failureOf(safeSpawn, plan);
  assert.deepEqual({ code, step }, { code: 'E2BIG', step: 'exec' });
  assert.match(message, /rlimit stack 1048576/);
});

test('nproc: a user that runs as many is EAGAIN at exec, and the message says so', {
  skip: withoutRoot,
}, async () => {
  const others = [safeSpawn('cat', { uid: LONELY }), safeSpawn('cat', { uid: LONELY })];
  const { code, step, message } = await failureOf(safeSpawn, {
    file: 'true',
    options: { uid: LONELY, rlimits: { nproc: 1 } },
  });
  assert.deepEqual({ code, step }, { code: 'EAGAIN', step: 'exec' });
  assert.match(message, /rlimit nproc 1/);
  for (const child of others) child.stdin.end();
  await Promise.all(others.map((child) => once(child, 'exit')));
});

test('nproc: the child can make no process beyond it', { skip: withoutRoot }, async () => {
  const { code, stderr } = await endOf('ls / >/dev/null; true', { nproc: 1 }, { uid: LONELY + 1 });
  assert.notEqual(code, 0);
  assert.match(stderr, /fork/i);
});
