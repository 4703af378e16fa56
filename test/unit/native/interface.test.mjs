/** What the library and its addon have to agree on. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../helpers/native.mjs';

const require = createRequire(import.meta.url);

test('an interface that has changed has another number: count it up in native.ts and binding.cc, then here', () => {
  const declarations = readFileSync(join(root, 'dist', 'native', 'interface.d.ts'), 'utf8').replace(
    /\/\*.*?\*\//gs,
    '',
  );
  const digest = createHash('sha256').update(declarations.replace(/\s+/g, ' ')).digest('hex').slice(0, 16);
  const { interface: number } = require(join(root, 'dist', 'native', 'addon.js')).addon();
  assert.deepEqual({ number, digest }, { number: 6, digest: '39e0ce250e83499e' });
});
