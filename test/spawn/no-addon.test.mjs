import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../helpers/native.mjs';
import { scratchPath } from '../helpers/scratch.mjs';

const run = promisify(execFile);

/** The package as it is where no addon was built and none came with it. */
function packageWithoutAddon() {
  const copy = scratchPath('package');
  mkdirSync(copy);
  cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(copy, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

async function outcome(copy, expression) {
  const script = `
    const { safeSpawn, capabilities, sealFds } = require(${JSON.stringify(copy)});
    try { ${expression} } catch ({ code, message }) { console.log(JSON.stringify({ code, message })) }`;
  const { stdout } = await run(process.execPath, ['-e', script]);
  return JSON.parse(stdout);
}

for (const expression of ['capabilities()', 'sealFds()', "safeSpawn('true')"]) {
  test(`without the addon ${expression} says what was looked for and what to run`, async () => {
    const copy = packageWithoutAddon();
    const { code, message } = await outcome(copy, expression);
    assert.equal(code, 'ERR_SAFE_SPAWN_ADDON');
    for (const part of [process.platform, process.arch, copy, 'npm rebuild safe-spawn']) {
      assert.ok(message.includes(part), `${part} in: ${message}`);
    }
  });
}

test('in a bundle, where there can be no addon, it says to keep the package out of it', async () => {
  const copy = packageWithoutAddon();
  writeFileSync(join(copy, 'package.json'), '{ "name": "app", "main": "dist/index.js" }');
  const { code, message } = await outcome(copy, 'capabilities()');
  assert.equal(code, 'ERR_SAFE_SPAWN_ADDON');
  assert.match(message, /bundle: keep it external/);
});

test('without the addon nothing is started', async () => {
  const trace = scratchPath('trace');
  const { code } = await outcome(packageWithoutAddon(), `safeSpawn('touch', [${JSON.stringify(trace)}])`);
  assert.equal(code, 'ERR_SAFE_SPAWN_ADDON');
  assert.equal(existsSync(trace), false);
});
