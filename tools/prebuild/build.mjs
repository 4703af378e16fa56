// Compiles the addons of a release into prebuilds/: `npm run build:prebuilds`. Needs Linux on x64 and Python 3.
//
// The compiler is Zig, which brings the headers, the C++ library and the oldest symbols of each target with it: what comes
// out does not depend on the system that it is built on.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, targets } from './targets.mjs';
import { zig } from './zig.mjs';

const SOURCES = ['package.json', 'binding.gyp', 'src-native'];

const folder = fileURLToPath(new URL('.', import.meta.url));
const compiler = zig();
const prebuildify = createRequire(import.meta.url).resolve('prebuildify/bin.js');

const copy = copyOfTheSources();
try {
  rmSync(join(root, 'prebuilds'), { recursive: true, force: true });
  for (const target of targets) prebuild(target);
} finally {
  rmSync(copy, { recursive: true });
}

/** node-gyp clears its folder `build` first, and that of the project is in use. */
function copyOfTheSources() {
  const copy = mkdtempSync(join(tmpdir(), 'safe-spawn-prebuild-'));
  for (const name of SOURCES) cpSync(join(root, name), join(copy, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

function prebuild({ arch, libc, triple }) {
  const version = process.versions.node;
  const options = ['--napi', '--tag-libc', '--libc', libc, '--arch', arch, '--target', version];
  run(process.execPath, [prebuildify, ...options, '--cwd', copy, '--out', root], {
    CC: `${compiler} cc -target ${triple}`,
    CXX: `${compiler} c++ -target ${triple}`,
    AR: `${compiler} ar`,
    // Stripped here, since strip(1) knows the machine that it runs on only.
    LDFLAGS: `-s -Wl,--version-script=${join(folder, 'exports.map')}`,
    JOBS: 'max',
  });
}

function run(command, args, environment) {
  const { status, error } = spawnSync(command, args, {
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} exited with ${status}`);
}
