/** A child gets what `process.env` says, and not what this process was once given. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { safeSpawnSync } from 'safe-spawn';
import { SAFE, STOCK } from '../helpers/contenders.mjs';
import { launcherPath } from '../helpers/native.mjs';
import { runProgram, sameAsNodeAlone } from './harness.mjs';

/** A name twice, a string without a name or without a value, and bytes that are no text. */
const STRINGS = [
  'TWICE=first',
  'TWICE=second',
  'MODE=evil',
  'MODE=worse',
  'NOTHING',
  '=nameless',
  '__proto__=x',
];

const HOW = {
  through: [
    'sh',
    '-c',
    `exec "$0" ${STRINGS.map((string) => `--env '${string}'`).join(' ')} --env "$(printf 'B=\\377\\376')" -- "$@"`,
    launcherPath,
  ],
};

/** Since 26.12 Node also passes on what `process.env` does not show: a second string of a name, and one without a name. */
test('an environment that no program would make', async () => {
  const node = await runProgram('environment.mjs', STOCK, HOW);
  const library = await runProgram('environment.mjs', SAFE, HOW);
  for (const child of ['plain', 'withChannel']) {
    assert.deepEqual(library[child], node[child].filter(isFirstOfItsName));
  }
  assert.deepEqual(library.shell, ['safe first']);
});

function isFirstOfItsName(string, index, strings) {
  const name = string.slice(0, string.indexOf('=') + 1);
  return string === '' || (name !== '=' && strings.findIndex((other) => other.startsWith(name)) === index);
}

const CHANGES = `
  const names = Array.from({ length: 200 }, (_, index) => 'CHANGED_' + index);
  for (;;) {
    for (const name of names) process.env[name] = 'value'.repeat(1 + 20 * Math.random());
    for (const name of names) delete process.env[name];
  }
`;

test('beside a Worker that changes the same environment, a child has whole variables', async (t) => {
  const worker = new Worker(CHANGES, { eval: true, env: SHARE_ENV });
  t.after(() => worker.terminate());
  await once(worker, 'online');
  const own = Object.keys(process.env).filter((name) => !name.startsWith('CHANGED_'));
  for (let round = 0; round < 200; round++) {
    const { stdout, error } = safeSpawnSync('env', ['-0'], { encoding: 'utf8' });
    assert.equal(error, undefined);
    const variables = stdout.split('\0').slice(0, -1);
    const broken = variables.filter((variable) => !isWhole(variable, own));
    assert.deepEqual(broken, []);
  }
});

function isWhole(variable, own) {
  return /^CHANGED_\d+=(value)+$/.test(variable) || own.includes(variable.slice(0, variable.indexOf('=')));
}

test('a Worker that comes to share the environment later does not break the variables of a child', () => {
  const program = fileURLToPath(new URL('../fixtures/conformance/shared-later.mjs', import.meta.url));
  const { stdout } = spawnSync(process.execPath, [program, CHANGES], { encoding: 'utf8' });
  assert.deepEqual(JSON.parse(stdout), { hasOwn: true, broken: [] });
});

test('in a Worker that shares the environment, a child gets it as from Node', async () => {
  const worker = new Worker(new URL('../fixtures/conformance/worker-environment.mjs', import.meta.url), {
    env: SHARE_ENV,
  });
  const [{ ours, node }] = await once(worker, 'message');
  await worker.terminate();
  assert.deepEqual(ours, node);
  assert.ok(ours.includes('ADDED=in a Worker'));
  assert.equal(process.env.ADDED, 'in a Worker');
  const here = spawnSync('env', ['-0'], { encoding: 'utf8' }).stdout.split('\0');
  assert.deepEqual(here, ours);
});

const STATES = [
  'something on the prototype of process.env',
  'another prototype of process.env',
  'a proxy as the prototype of process.env',
  'something on the prototype of all objects',
  'names that are numbers, in an environment of its own',
  'an accessor without a setter as process.env',
  'coverage, and a variable named __proto__',
  'coverage, and an inherited accessor',
  'coverage, and a hidden variable over an inherited one',
  'coverage, and an inherited variable of that name',
  'coverage, and a frozen environment',
  'coverage, and a sealed environment',
  'coverage, and a proxy that shows one variable',
];

/** The variable is removed before Node starts, since Node collects coverage of its own where it is set. */
const { NODE_V8_COVERAGE: _, ...env } = process.env;

for (const state of STATES) {
  sameAsNodeAlone(state, 'odd-environment.mjs', {
    how: { input: { state }, env: { ...env, NODE_OPTIONS: '' } },
  });
}
