import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { SAFE } from '../helpers/contenders.mjs';
import { scratchPath } from '../helpers/scratch.mjs';
import { runProgram, sameAsNodeAlone } from './harness.mjs';

function outcome(how, args) {
  return runProgram('tampered.mjs', SAFE, { input: { how, args } });
}

const BROKEN = {
  'a field that is missing': '_closesGot',
  'a field with another value': '_closesNeeded',
  'a field with another name': 'spawnfile',
  'no handle': '_handle',
  'no constructor': '_closesNeeded',
  'an accessor in the place of the method': 'spawn',
  'no method': 'spawn',
  'a method that starts nothing': 'spawn',
  'a method that asks the handle for something else': 'spawn',
};

const SUCCESS = { output: 'text\n', exit: [0, null] };

for (const [how, named] of Object.entries(BROKEN)) {
  test(`${how}: the error says so, nothing is started, and the next launch looks again`, async () => {
    const trace = scratchPath('trace');
    const { first, repaired } = await outcome(how, ['sh', ['-c', 'echo text; echo >> "$0"', trace]]);
    assert.equal(first.code, 'ERR_SAFE_SPAWN_INCOMPATIBLE_NODE');
    assert.ok(first.message.includes(named) && first.message.includes(process.version), first.message);
    assert.deepEqual(repaired, SUCCESS);
    assert.equal(readFileSync(trace, 'utf8'), '\n');
  });
}

for (const how of [
  'nothing',
  'a prototype that is frozen',
  'a field that is unknown',
  'fields of the child and of the handle that are unknown',
]) {
  test(`${how}: children are started`, async () => {
    assert.deepEqual((await outcome(how, ['echo', ['text']])).first, SUCCESS);
  });
}

test('a method that passes on other options: it sees the environment, and what it makes of it is used', async () => {
  const {
    first: { output },
  } = await outcome('a method that passes on other options', ['env']);
  assert.deepEqual(output.trim().split('\n').sort(), ['ADDED=yes', `PATH=${process.env.PATH}`]);
});

test('a spawn that starts nothing: ours does', async () => {
  assert.deepEqual((await outcome('a spawn that starts nothing', ['echo', ['text']])).first, SUCCESS);
});

test('a spawn that finds no fault with anything: a fault is an error all the same', async () => {
  for (const args of [['true', [], { uid: true }], [''], ['true', [], 5]]) {
    const { first } = await outcome('a spawn that starts nothing', args);
    assert.equal(first.code, 'ERR_SAFE_SPAWN_INCOMPATIBLE_NODE');
  }
});

test('loading the library changes nothing of Node, and keeps no process alive', async () => {
  const expected = { changed: [], gone: [], events: 0, resources: 0 };
  assert.deepEqual(await runProgram('imported.mjs', SAFE), expected);
});

// What describes a property, what is an option, and what an error has.
for (const name of ['get', 'set', 'enumerable', 'uid', 'rlimits', 'nice', 'code', 'name']) {
  sameAsNodeAlone(`${name} on the prototype of all objects changes nothing`, 'polluted.mjs', {
    how: { input: { name } },
  });
}
