import { basename, sep } from 'node:path';
import { isPackageRoot, packageRoot } from '../package-root.js';
import { addonMissing, unsupportedInSnapshots } from '../util/errors.js';
import { assertSupportedRuntime } from '../util/runtime.js';
import { missingAddonMessage } from './addon-error.js';
import { isCutOff, libc } from './elf.js';
import { type Addon, INTERFACE } from './interface.js';

let loaded: Addon | undefined;

/** The addon. The only place that loads it. */
export function addon(): Addon {
  if (loaded === undefined) {
    assertSupportedRuntime();
    if (isBuildingSnapshot()) throw unsupportedInSnapshots('starting a child with safe-spawn');
    loaded = loadAddon();
  }
  return loaded;
}

/** An addon can't be part of a startup snapshot: V8 would end the process. It takes 5 ms to ask, so few are asked. */
function isBuildingSnapshot(): boolean {
  if (!process.execArgv.some((flag) => /^--(build-snapshot|build-sea|experimental-sea-config)/.test(flag)))
    return false;
  const { startupSnapshot } = require('node:v8') as typeof import('node:v8');
  return Boolean(startupSnapshot.isBuildingSnapshot());
}

/**
 * Early, since the addon takes two descriptors for itself, and the lower their numbers the cheaper a launch; and since
 * nothing can be loaded once the process has run out of descriptors. What fails now is thrown at the first use.
 */
export function preloadAddon(): void {
  try {
    addon();
  } catch {
    // Thrown again at the first use.
  }
}

/** Throws where there is no addon for this system, or one that can't be loaded. */
export function loadAddon(): Addon {
  try {
    const file = findAddon();
    if (isCutOff(file)) throw new Error(`${file} is not complete`);
    const addon = require(file) as Addon;
    if (addon.interface !== INTERFACE) throw new Error(`${file} is of another version of safe-spawn`);
    return addon;
  } catch (cause) {
    throw addonMissing(missingAddonMessage(packageRoot, cause), cause);
  }
}

/** Names that the addon has when it is compiled, and when it comes with the package. */
const ADDON_NAME = /^safe[_-]spawn(\.\w+)*\.node$/;

/**
 * Finds the addon in the folder of this package. An addon from elsewhere is foreign code, which would run before anything
 * of it can be checked: in a bundle's own build/Release, beside the executable of Node, or where a variable points to.
 *
 * node-gyp-build asks for /etc/alpine-release to know the C library, and is wrong on other systems with musl.
 */
function findAddon(): string {
  if (!isPackageRoot(packageRoot)) throw new Error(`${packageRoot} is not the folder of safe-spawn`);
  const found = resolveAddon();
  const file = found.replace(/\.(glibc|musl)\.node$/, (_, chosen) => `.${libc() ?? chosen}.node`);
  if (!file.startsWith(packageRoot + sep) || !ADDON_NAME.test(basename(file))) {
    throw new Error(`${file} is not an addon of the package in ${packageRoot}`);
  }
  return file;
}

/** A variable by which node-gyp-build can be told to look elsewhere. */
const REDIRECTION = 'SAFE_SPAWN_PREBUILD';

function resolveAddon(): string {
  const { path } = require('node-gyp-build') as { path(directory: string): string };
  const redirection = process.env[REDIRECTION];
  if (redirection === undefined) return path(packageRoot);
  delete process.env[REDIRECTION];
  try {
    return path(packageRoot);
  } finally {
    process.env[REDIRECTION] = redirection;
  }
}
