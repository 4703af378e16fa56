/** A program that replaces a built-in function gets the child that it asked for, or an error: never one without its limits. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFixture } from '../helpers/fixture.mjs';

const BUILT_INS = {
  'Array.prototype': ['iterator', 'push', 'map', 'filter', 'flatMap', 'concat', 'join', 'slice', 'forEach'],
  Array: ['from', 'of'],
  BigUint64Array: ['from', 'of'],
  Int32Array: ['from', 'of'],
  'Map.prototype': ['iterator', 'forEach'],
  Object: ['entries', 'keys', 'hasOwn', 'assign', 'create', 'fromEntries'],
  Reflect: ['set', 'get', 'ownKeys'],
};

for (const [owner, names] of Object.entries(BUILT_INS)) {
  for (const name of names) {
    test(`without ${owner}.${name} a child has its arguments and limits, or is not started`, async () => {
      const { result, stderr } = await runFixture('replaced-builtins.mjs', { owner, name });
      assert.ok(result !== undefined, stderr);
      assert.ok([result.before, null].includes(result.after), `${result.after} instead of ${result.before}`);
      assert.match(result.before, / 0027 64 3 yes 2 one two\n$/);
    });
  }
}
