/** The file system of the machine: busybox, Node with its libraries, what was built of this project, and /init. */

import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildDirectory, project } from './places.mjs';

const root = join(buildDirectory, 'root');
const image = join(buildDirectory, 'initramfs');

const PARTS = [
  'package.json',
  'dist',
  'build/Release/safe_spawn.node',
  'node_modules/node-gyp-build',
  'bench',
  ...['e2e/million-fds.mjs', 'helpers', 'fixtures', 'core/build/seccomp-run'].map((part) => `test/${part}`),
];
const LEFT_OUT = ['bench/peers', 'bench/report', 'bench/results'];

/** @returns {string} the path of the image, in which /init runs the command */
export function buildImage(command) {
  rmSync(root, { recursive: true, force: true });
  for (const name of ['bin', 'dev', 'proc', 'sys', 'tmp']) mkdirSync(join(root, name), { recursive: true });
  installPrograms();
  for (const part of PARTS) installPart(part);
  writeFileSync(join(root, 'command'), `exec ${command.map(quoted).join(' ')}\n`);
  writeFileSync(join(root, 'init'), readFileSync(new URL('init.sh', import.meta.url)));
  chmodSync(join(root, 'init'), 0o755);
  execFileSync('sh', ['-c', `find . | cpio --quiet -o -H newc >'${image}'`], { cwd: root });
  return image;
}

function quoted(word) {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function installPrograms() {
  const busybox = execFileSync('which', ['busybox'], { encoding: 'utf8' }).trim();
  cpSync(busybox, join(root, 'bin/busybox'), { dereference: true });
  cpSync(process.execPath, join(root, 'bin/node'), { dereference: true });
  const libraries = execFileSync('ldd', [process.execPath], { encoding: 'utf8' });
  for (const [path] of libraries.matchAll(/\/\S+/g)) cpSync(path, join(root, path), { dereference: true });
}

/** What was not built is not there: the benchmark does without the tests. */
function installPart(part) {
  if (!existsSync(join(project, part))) return;
  cpSync(join(project, part), join(root, 'project', part), {
    recursive: true,
    filter: (source) => !LEFT_OUT.includes(relative(project, source)),
  });
}
