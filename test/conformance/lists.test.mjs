/** Lists of a caller are read once, by index, whatever their iterators, species and methods say. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { test } from 'node:test';
import { safeExecFileSync, safeSpawn, safeSpawnSync } from 'safe-spawn';
import { probePath } from '../helpers/native.mjs';
import { probe } from '../helpers/probe.mjs';
import { sameSync } from './harness.mjs';

const nothing = () => undefined;

/** Its iterator knows of nothing, and its methods do nothing. */
class Empty extends Array {
  *[Symbol.iterator]() {}
  push = nothing;
  map = nothing;
  slice = () => ['another'];
  filter = nothing;
  forEach = nothing;
  includes = () => true;
}

class OfAnotherSpecies extends Array {
  static get [Symbol.species]() {
    return function Nothing() {
      return { length: 0 };
    };
  }
}

const LISTS = {
  'with an iterator and methods of its own': (entries) => Object.assign(new Empty(), entries),
  'of another species': (entries) => Object.assign(new OfAnotherSpecies(), entries),
  'behind a proxy': (entries) => new Proxy(entries, {}),
  'that is frozen': (entries) => Object.freeze(entries),
};

function runProbe(args, options = {}) {
  const { stdout, error } = safeSpawnSync(probePath, args, { encoding: 'utf8', ...options });
  assert.equal(error, undefined);
  const { argv, fds } = JSON.parse(stdout);
  return { args: argv.slice(1), fds: fds.map(({ fd }) => fd) };
}

for (const [what, make] of Object.entries(LISTS)) {
  test(`a list ${what}: stdio of a synchronous child`, (t) => {
    const secret = openSync('/dev/null');
    t.after(() => closeSync(secret));
    runProbe([], { stdio: ['ignore', 'pipe', 'ignore', secret, secret, secret] });
    const stdio = make(['ignore', 'pipe', 'ignore', 'ignore', 'ignore', 'ignore']);
    assert.deepEqual(runProbe([], { stdio }).fds, [0, 1, 2]);
  });

  test(`a list ${what}: arguments`, async () => {
    const args = ['one', 'two'];
    assert.deepEqual(runProbe(make([...args])).args, args);
    assert.equal(safeExecFileSync('echo', make([...args]), { encoding: 'utf8' }), 'one two\n');
    const spawn = (file, own, options) => safeSpawn(file, make([...own, ...args]), options);
    assert.deepEqual((await probe(spawn)).argv.slice(-2), args);
  });

  test(`a list ${what}: passFds and groups`, { skip: process.getuid() !== 0 && 'needs root' }, async (t) => {
    const kept = openSync('/dev/null');
    t.after(() => closeSync(kept));
    const options = { stdio: 'ignore', passFds: make([kept]), groups: make([7, 8]) };
    const { fds, groups } = await probe(safeSpawn, options);
    assert.deepEqual({ fds: fds.map(({ fd }) => fd), groups }, { fds: [0, 1, 2, kept], groups: [7, 8] });
  });
}

test('an argument that starts a child itself does not get into this one', () => {
  const other = {
    toString() {
      safeSpawnSync('true', ['1', '2', '3', '4'], { stdio: Array(20).fill('ignore') });
      return 'other';
    },
  };
  assert.deepEqual(runProbe(['first', other, 'last']), { args: ['first', 'other', 'last'], fds: [0, 1, 2] });
});

test('a list that grows while it is read has the length that it had', () => {
  const args = new Proxy([], { get: (_, name) => (name === 'length' ? 2 : `argument ${String(name)}`) });
  assert.deepEqual(runProbe(args).args, ['argument 0', 'argument 1']);
  const stdio = new Proxy(['ignore', 'pipe', 'ignore'], {
    get(list, name) {
      if (name !== 'length') list.push('pipe');
      return list[name];
    },
  });
  assert.deepEqual(runProbe([], { stdio }).fds, [0, 1, 2]);
});

test('input whose memory shrinks after it was given is what is left of it', () => {
  const [ours, node] = [safeSpawnSync, spawnSync].map((run) => {
    const memory = new ArrayBuffer(1000, { maxByteLength: 1000 });
    const shrinking = {
      toString() {
        memory.resize(10);
        return '-';
      },
    };
    return run('cat', [shrinking], { input: new Uint8Array(memory) }).stdout;
  });
  assert.deepEqual(ours, node);
});

sameSync('spawnSync: holes in stdio', 'spawnSync', () => {
  const stdio = Object.assign([], { 0: 'pipe', 2: 'ignore', 4: 'pipe' });
  return ['true', [], { stdio }];
});

test('a child of fewer than three entries has the first three all the same', () => {
  const { stdout } = safeSpawnSync(probePath, [], { stdio: [Buffer.from(''), 'ignore', 'pipe'] });
  assert.deepEqual(
    JSON.parse(stdout).fds.map(({ fd }) => fd),
    [0, 1, 2],
  );
});
