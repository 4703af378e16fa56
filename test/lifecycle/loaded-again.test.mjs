import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const require = createRequire(import.meta.url);

/** As a test runner does that gives each test file modules of its own. */
function loadAgain() {
  for (const path of Object.keys(require.cache)) delete require.cache[path];
  return require('safe-spawn');
}

const countFds = () => readdirSync('/proc/self/fd').length;

test('loading the library again and again costs no descriptors', async () => {
  loadAgain();
  const before = countFds();
  const copies = Array.from({ length: 50 }, loadAgain);
  assert.equal(countFds(), before);

  assert.notEqual(copies[0].safeSpawn, copies[49].safeSpawn);
  for (const { safeSpawn } of [copies[0], copies[49]]) {
    const [code] = await once(safeSpawn('sh', ['-c', 'exit 3']), 'exit');
    assert.equal(code, 3);
  }
});
