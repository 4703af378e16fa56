import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { addonPath, root } from '../helpers/native.mjs';
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
    const { safeSpawn, capabilities, setCloseOnExec } = require(${JSON.stringify(copy)});
    try { ${expression} } catch ({ code, message }) { console.log(JSON.stringify({ code, message })) }`;
  const { stdout } = await run(process.execPath, ['-e', script]);
  return JSON.parse(stdout);
}

for (const expression of ['capabilities()', 'setCloseOnExec()', "safeSpawn('true')"]) {
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
  assert.match(message, /bundler must keep safe-spawn external/);
});

// ---- code of others ------------------------------------------------------------------------------------------

/** A folder with an addon of another package, where node-gyp-build looks. */
function folderWithForeignAddon(folder = scratchPath('foreign')) {
  const release = join(folder, 'build', 'Release');
  mkdirSync(release, { recursive: true });
  copyFileSync(addonPath, join(release, 'foreign.node'));
  return folder;
}

const IS_MAPPED = `require('fs').readFileSync('/proc/self/maps', 'utf8').includes('foreign.node')`;

/** Of starting a child, in a process with more variables: the error's code, and whether foreign code was loaded. */
async function loaded(copy, variables) {
  const script = `
    let code;
    try { require(${JSON.stringify(copy)}).safeSpawn('true'); } catch (error) { code = error.code; }
    console.log(JSON.stringify({ code, isForeign: ${IS_MAPPED} }));`;
  const { stdout } = await run(process.execPath, ['-e', script], { env: { ...process.env, ...variables } });
  return JSON.parse(stdout);
}

test('no variable makes it load an addon from elsewhere', async () => {
  const variables = { SAFE_SPAWN_PREBUILD: folderWithForeignAddon() };
  assert.deepEqual(await loaded(root, variables), { isForeign: false });
  const failed = { code: 'ERR_SAFE_SPAWN_ADDON', isForeign: false };
  assert.deepEqual(await loaded(packageWithoutAddon(), variables), failed);
});

test('the variable is still there afterwards', async () => {
  const script = `require(${JSON.stringify(root)}).capabilities(); console.log(process.env.SAFE_SPAWN_PREBUILD)`;
  const env = { ...process.env, SAFE_SPAWN_PREBUILD: '/elsewhere' };
  const { stdout } = await run(process.execPath, ['-e', script], { env });
  assert.equal(stdout, '/elsewhere\n');
});

test("in a bundle it does not load the bundle's own addon", async () => {
  const copy = folderWithForeignAddon(packageWithoutAddon());
  writeFileSync(join(copy, 'package.json'), '{ "name": "app", "main": "dist/index.js" }');
  for (const variables of [{}, { APP_PREBUILD: folderWithForeignAddon() }]) {
    assert.deepEqual(await loaded(copy, variables), { code: 'ERR_SAFE_SPAWN_ADDON', isForeign: false });
  }
});

test('it does not load an addon of another name', async () => {
  const copy = folderWithForeignAddon(packageWithoutAddon());
  assert.deepEqual(await loaded(copy), { code: 'ERR_SAFE_SPAWN_ADDON', isForeign: false });
});

test('it does not load an addon beside the executable of Node', async () => {
  const place = folderWithForeignAddon();
  const prebuilds = join(place, 'prebuilds', `${process.platform}-${process.arch}`);
  mkdirSync(prebuilds, { recursive: true });
  copyFileSync(addonPath, join(prebuilds, 'foreign.node'));
  const script = `
    process.execPath = ${JSON.stringify(join(place, 'node'))};
    let code;
    try { require(${JSON.stringify(packageWithoutAddon())}).capabilities(); } catch (error) { code = error.code; }
    console.log(JSON.stringify({ code, isForeign: ${IS_MAPPED} }));`;
  const { stdout } = await run(process.execPath, ['-e', script]);
  assert.deepEqual(JSON.parse(stdout), { code: 'ERR_SAFE_SPAWN_ADDON', isForeign: false });
});

test('an addon that the permission model hides is an error that names the flag', async () => {
  const name = process.allowedNodeEnvironmentFlags.has('--permission')
    ? 'permission'
    : 'experimental-permission';
  for (const hidden of ['build', 'package.json']) {
    const readable = ['dist/*', 'build/*', 'package.json'].filter((entry) => !entry.startsWith(hidden));
    const reads = readable.map((entry) => `--allow-fs-read=${join(root, entry)}`);
    const flags = [`--${name}`, ...reads, '--allow-child-process', '--allow-addons'];
    const script = `try { require(${JSON.stringify(`${root}/dist/index.js`)}).safeSpawn('true') }
      catch ({ code, message }) { console.log(JSON.stringify({ code, message })) }`;
    const { stdout } = await run(process.execPath, [...flags, '-e', script]);
    const { code, message } = JSON.parse(stdout);
    assert.equal(code, 'ERR_SAFE_SPAWN_ADDON');
    assert.match(message, new RegExp(`may not read ${join(root, hidden)}.*--allow-fs-read=${root}/\\*`));
  }
});

test('nothing is started if the addon is missing', async () => {
  const trace = scratchPath('trace');
  const { code } = await outcome(packageWithoutAddon(), `safeSpawn('touch', [${JSON.stringify(trace)}])`);
  assert.equal(code, 'ERR_SAFE_SPAWN_ADDON');
  assert.equal(existsSync(trace), false);
});
