// The package as a user gets it: packed, and installed into an empty project, with nothing in PATH but Node and a shell.
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../helpers/native.mjs';
import { scratchPath } from '../helpers/scratch.mjs';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** Where the prebuilt addon for this machine is in the package. */
export const prebuilt = `prebuilds/linux-${process.arch}/safe-spawn.${require(join(root, 'dist', 'native', 'elf.js')).libc()}.node`;

/** Of `npm pack`, as a folder. Has an addon for this machine if none was compiled for the release: that of the build. */
export async function unpacked() {
  const place = directory('unpacked');
  const { filename } = await pack(root, place);
  await run('tar', ['-xzf', join(place, filename), '-C', place]);
  const addon = join(place, 'package', prebuilt);
  mkdirSync(join(addon, '..'), { recursive: true });
  if (!existsSync(addon)) copyFileSync(join(root, 'build', 'Release', 'safe_spawn.node'), addon);
  return join(place, 'package');
}

/** What `npm pack` says of the package in a folder, whose tarball it puts into a place. npm 12 has an object for the list. */
export async function pack(folder, place) {
  const { stdout } = await npm(folder, ['pack', '--json', '--ignore-scripts', '--pack-destination', place]);
  return Object.values(JSON.parse(stdout))[0];
}

/** A project with the package and its dependencies, installed without network and compiler. */
export async function installed(folder, options = ['--ignore-scripts']) {
  const project = directory('project');
  const { filename } = await pack(folder, project);
  // npm 12 skips install scripts that the project does not approve.
  const allowScripts = { [`file:${join(project, filename)}`]: true };
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, allowScripts }));
  const sources = [`./${filename}`, ...['node-addon-api', 'node-gyp-build'].map(inNodeModules)];
  await npm(project, ['install', '--offline', '--install-links', ...options, ...sources], {
    PATH: emptyPath(),
  });
  return project;
}

/** A copy of an installed project, to spoil. */
export function copied(project) {
  const copy = scratchPath('copy');
  cpSync(project, copy, { recursive: true });
  return copy;
}

/** What a script of a project prints. */
export async function runScript(project, name, source, options) {
  writeFileSync(join(project, name), source);
  const { stdout } = await run(process.execPath, [join(project, name)], { cwd: project, ...options });
  return stdout.trimEnd();
}

export function inNodeModules(name) {
  return join(root, 'node_modules', name);
}

export function directory(name) {
  const path = scratchPath(name);
  mkdirSync(path);
  return path;
}

function npm(cwd, args, environment) {
  return run(process.execPath, [npmCli(), ...args], { cwd, env: { ...process.env, ...environment } });
}

/** Also without a PATH in which it would be found. */
function npmCli() {
  const folders = process.env.PATH.split(delimiter);
  return process.env.npm_execpath ?? realpathSync(folders.map((name) => join(name, 'npm')).find(existsSync));
}

/** npm runs the scripts of packages by a shell, which node-gyp-build wants Node from. */
function emptyPath() {
  const path = directory('bin');
  symlinkSync(process.execPath, join(path, 'node'));
  symlinkSync('/bin/sh', join(path, 'sh'));
  return path;
}
