// Installations that can't work say what is wrong with them, and what to do.
import assert from 'node:assert/strict';
import {
  chmodSync,
  copyFileSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { addonPath } from '../helpers/native.mjs';
import { withoutRoot } from '../helpers/requirements.mjs';
import { copied, installed, prebuilt, runScript, unpacked } from './installed.mjs';

/** Where an ELF header names the machine, and two of them. */
const E_MACHINE = 18;
const [EM_X86_64, EM_AARCH64] = [62, 183];
const NOBODY = 65_534;

let folder;
let project;

before(async () => {
  folder = await unpacked();
  project = await installed(folder);
});

test('an install that runs the scripts of the package compiles nothing where an addon fits', async () => {
  const place = await installed(folder, ['--foreground-scripts']);
  assert.deepEqual(await outcome(place), { started: true });
  assert.throws(() => statSync(join(place, 'node_modules', 'safe-spawn', 'build')), { code: 'ENOENT' });
});

test('an install that runs the scripts fails where no addon fits and there is no compiler', async () => {
  const without = copied(folder);
  rmSync(join(without, 'prebuilds'), { recursive: true });
  await assert.rejects(installed(without, []), ({ stderr }) => stderr.includes('node-gyp'));
});

test('without an addon the error names the target and the remedy', async () => {
  const { code, message } = await spoiled((addon) => rmSync(addon));
  assert.equal(code, 'ERR_SAFE_SPAWN_ADDON');
  assert.match(message, new RegExp(`linux-${process.arch}-(glibc|musl)`));
  assert.match(message, /npm rebuild safe-spawn/);
});

for (const [title, spoil] of [
  ['for another machine', setOtherMachine],
  ['that is empty', (addon) => truncateSync(addon)],
  ['that may not be read', (addon) => chmodSync(addon, 0)],
]) {
  test(`an addon ${title} is an error that names it, and ends nothing`, async () => {
    const { code, message } = await spoiled(spoil, { uid: process.getuid() === 0 ? NOBODY : undefined });
    assert.equal(code, 'ERR_SAFE_SPAWN_ADDON');
    assert.ok(message.includes(prebuilt), message);
  });
}

test('an addon of another version is an error that names it', async () => {
  const { code, message } = await spoiled((addon) => copyFileSync(addonPath, addon));
  assert.equal(code, 'ERR_SAFE_SPAWN_ADDON');
  assert.ok(message.includes(prebuilt) && message.includes('version'), message);
  assert.match(message, /npm rebuild safe-spawn/);
});

test('an installation that may not be written to works', { skip: withoutRoot }, async () => {
  assert.deepEqual(await outcome(project, '', { uid: NOBODY, gid: NOBODY }), { started: true });
});

test('a Node on musl gets the addon for musl, also where /etc/alpine-release is missing', async () => {
  const copy = copied(project);
  const file = prebuilt.replace('glibc', 'musl');
  writeFileSync(join(copy, 'node_modules', 'safe-spawn', file), '');
  writeFileSync(join(copy, 'node'), `\x7fELF/lib/ld-musl-${process.arch}.so.1`);
  const { message } = await outcome(copy, `process.execPath = ${JSON.stringify(join(copy, 'node'))};`);
  assert.ok(message.includes(file) && message.includes('-musl'), message);
});

test("Yarn Plug'n'Play is named where no addon can be found under it", async () => {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, pnp: '3' } });`;
  const { code, message } = await spoiled((addon) => rmSync(addon), {}, pretend);
  assert.equal(code, 'ERR_SAFE_SPAWN_ADDON');
  assert.match(message, /nodeLinker: node-modules/);
});

for (const version of ['18.20.8', '20.4.0']) {
  test(`Node ${version} is refused by its version, and starts nothing`, async () => {
    const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`;
    const { code, message } = await outcome(project, pretend);
    assert.equal(code, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM');
    assert.ok(message.includes(version), message);
  });
}

function setOtherMachine(addon) {
  const bytes = readFileSync(addon);
  bytes.writeUInt16LE(process.arch === 'x64' ? EM_AARCH64 : EM_X86_64, E_MACHINE);
  writeFileSync(addon, bytes);
}

function spoiled(spoil, options, pretend) {
  const copy = copied(project);
  spoil(join(copy, 'node_modules', 'safe-spawn', prebuilt));
  return outcome(copy, pretend, options);
}

/** Of starting a child: that it was started, or the error. */
async function outcome(place, pretend = '', options = {}) {
  const source = `
    ${pretend}
    try {
      const child = require('safe-spawn').safeSpawn('true', { stdio: 'ignore' });
      child.once('exit', () => console.log(JSON.stringify({ started: true })));
    } catch ({ code, message }) {
      console.log(JSON.stringify({ code, message }));
    }`;
  return JSON.parse(await runScript(place, 'outcome.cjs', source, options));
}
