import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../../helpers/native.mjs';
import { scratchPath } from '../../helpers/scratch.mjs';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const SCRIPT = `
  try {
    console.log(JSON.stringify({ status: require('safe-spawn').safeSpawnSync('true').status }));
  } catch ({ code, message }) {
    console.log(JSON.stringify({ code, message }));
  }`;

/** Runs a program with a copy of the package that says it has another version. */
async function outcomeOf(version) {
  const project = scratchPath('project');
  const copy = join(project, 'node_modules', 'safe-spawn');
  const addon = join('build', 'Release', 'safe_spawn.node');
  mkdirSync(join(copy, 'build', 'Release'), { recursive: true });
  cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true });
  cpSync(join(root, addon), join(copy, addon));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  writeFileSync(join(copy, 'package.json'), JSON.stringify({ ...manifest, version }));
  const { stdout } = await run(process.execPath, ['-e', SCRIPT], { cwd: project });
  return { file: join(copy, addon), ...JSON.parse(stdout) };
}

test('an addon of the version of the package is loaded', async () => {
  assert.equal((await outcomeOf(manifest.version)).status, 0);
});

test('an addon of another version is refused, and the error has both versions', async () => {
  const { code, message, file } = await outcomeOf('99.0.1');
  assert.equal(code, 'ERR_SAFE_SPAWN_ADDON');
  assert.ok(message.includes(`${file} has version ${manifest.version}`), message);
  assert.match(message, /the package has version 99\.0\.1/);
  assert.match(message, /npm rebuild safe-spawn/);
});

test('the addon exports an integer for each constant of the protocol, and a name for each step', () => {
  const header = readFileSync(join(root, 'src-native', 'protocol.h'), 'utf8');
  const names = [...header.matchAll(/\bCONSTANT\((\w+), \d+\)/g)].map(([, name]) => name);
  const { constants, steps } = require(join(root, 'dist', 'native', 'addon.js')).addon();
  assert.deepEqual(Object.keys(constants), names);
  assert.ok(Object.values(constants).every(Number.isInteger));
  const declared = readFileSync(join(root, 'dist', 'native', 'interface.d.ts'), 'utf8');
  const typed = [...declared.matchAll(/readonly ([A-Z_]+): number;/g)].map(([, name]) => name);
  assert.deepEqual(typed, names);
  assert.ok(steps.includes('exec') && steps.every((name) => typeof name === 'string'));
});
