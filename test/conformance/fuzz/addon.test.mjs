// A short run of the fuzzer of the addon. `npm run check:addon` is longer, and has sanitizers.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../helpers/native.mjs';

test('each function of the addon refuses what is wrong, and starts what is right', () => {
  const fuzzer = join(root, 'test', 'conformance', 'fuzz', 'addon.mjs');
  const addon = join(root, 'build', 'Release', 'safe_spawn.node');
  const { status, signal, stderr } = spawnSync(process.execPath, [fuzzer, addon, '1', '400'], {
    encoding: 'utf8',
  });
  assert.deepEqual({ status, signal, stderr }, { status: 0, signal: null, stderr: '' });
});
