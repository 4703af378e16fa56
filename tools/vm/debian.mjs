/** What comes from Debian: programs, and the kernel. */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildDirectory } from './places.mjs';

const downloads = join(buildDirectory, 'kernel');

/** Installs those that are missing. @param {Record<string, string>} packages by program */
export function requirePrograms(packages) {
  const missing = Object.keys(packages).filter((program) => spawnSync('which', [program]).status !== 0);
  if (missing.length === 0) return;
  const names = missing.map((program) => packages[program]);
  if (process.getuid() !== 0) throw new Error(`needs: apt-get install ${names.join(' ')}`);
  aptGet('update', '-q');
  aptGet('install', '-qy', '--no-install-recommends', ...names);
}

/** The path of Debian's present kernel, which is fetched once and not installed. */
export function debianKernel() {
  const boot = join(downloads, 'boot');
  if (find(boot, 'vmlinuz-') === undefined) fetchKernel();
  return join(boot, find(boot, 'vmlinuz-'));
}

function fetchKernel() {
  rmSync(downloads, { recursive: true, force: true });
  aptGet('download', kernelPackage());
  execFileSync('dpkg-deb', ['--extract', find(downloads, 'linux-image-'), '.'], { cwd: downloads });
}

/** The package of one version, on which linux-image-amd64 depends. */
function kernelPackage() {
  const dependencies = execFileSync('apt-cache', ['depends', 'linux-image-amd64'], { encoding: 'utf8' });
  const found = dependencies.match(/Depends: (linux-image-\S+)/);
  if (found === null) throw new Error('apt-cache knows no linux-image-amd64: apt-get update may help');
  return found[1];
}

function aptGet(...args) {
  mkdirSync(downloads, { recursive: true });
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', args, { cwd: downloads, env, stdio: ['ignore', 2, 2] });
}

function find(directory, prefix) {
  try {
    return readdirSync(directory).find((name) => name.startsWith(prefix));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  }
}
