// Startup snapshots (`node --build-snapshot`), in which no addon can be.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../helpers/native.mjs';
import { scratchPath } from '../helpers/scratch.mjs';

const LOAD = `require('node:module').createRequire(${JSON.stringify(join(root, 'package.json'))})('safe-spawn')`;

function node(args) {
  const env = { ...process.env, NODE_OPTIONS: '' };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', ...args], {
    encoding: 'utf8',
    env,
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

/** What is printed while the snapshot is built, and by the process that is started from it. */
function snapshot(source, { starts = true } = {}) {
  const [script, blob] = [scratchPath('entry'), scratchPath('blob')];
  writeFileSync(script, source);
  const built = node(['--snapshot-blob', blob, '--build-snapshot', script]);
  return [built, starts ? node(['--snapshot-blob', blob, 'argument']) : undefined];
}

test('the library can be loaded while a snapshot is built, and says that it starts nothing there', () => {
  const [built] = snapshot(
    `const { safeSpawn, safeExecFileSync, capabilities } = ${LOAD};
    for (const start of [() => safeSpawn('true'), () => safeExecFileSync('true'), capabilities]) {
      try { start(); } catch ({ code, message }) { console.log(code, message.includes('snapshot')); }
    }`,
    { starts: false },
  );
  assert.equal(built, 'ERR_NOT_SUPPORTED_IN_SNAPSHOT true\n'.repeat(3));
});

test('a process that is started from a snapshot loads it and starts children', () => {
  const [, started] = snapshot(
    `require('node:v8').startupSnapshot.setDeserializeMainFunction(() => {
      const { safeSpawn } = ${LOAD};
      safeSpawn('echo', ['child'], { stdio: 'inherit' });
    });`,
  );
  assert.equal(started, 'child\n');
});
