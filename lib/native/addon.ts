import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, packageVersion } from '../package-root.js';
import { addonMissing, unsupportedInSnapshots } from '../util/errors.js';
import { assertSupportedRuntime } from '../util/runtime.js';
import { missingAddonMessage } from './addon-error.js';
import { libc } from './elf.js';
import type { Addon } from './interface.js';

let loaded: Addon | undefined;

/** Returns the addon. No other module loads it. */
export function addon(): Addon {
  if (loaded === undefined) {
    assertSupportedRuntime();
    if (isBuildingSnapshot()) throw unsupportedInSnapshots('starting a child with safe-spawn');
    loaded = loadAddon();
  }
  return loaded;
}

/**
 * Returns true while a startup snapshot is built, since V8 aborts the process if an addon is part of one. Loading node:v8 takes
 * 5 ms, so a process without such a flag skips it.
 */
export function isBuildingSnapshot(): boolean {
  if (!process.execArgv.some((flag) => /^--(build-snapshot|build-sea|experimental-sea-config)/.test(flag)))
    return false;
  const { startupSnapshot } = require('node:v8') as typeof import('node:v8');
  return Boolean(startupSnapshot.isBuildingSnapshot());
}

/**
 * Loads the addon early. It takes two file descriptors for itself, and low numbers make a launch cheap. Later the process may
 * have run out of descriptors.
 */
export function preloadAddon(): void {
  try {
    addon();
  } catch {
    // The first use throws it again.
  }
}

/** Throws if there is no addon for this system, or if it can't be loaded or is of another version. */
export function loadAddon(): Addon {
  try {
    const version = packageVersion(packageRoot);
    if (version === undefined) throw new Error(`${packageRoot} is not the folder of safe-spawn`);
    const file = findAddon();
    const addon = require(file) as Addon;
    if (addon.version !== version) {
      throw new Error(
        `${file} has version ${addon.version ?? 'unknown'}, but the package has version ${version}`,
      );
    }
    return addon;
  } catch (cause) {
    throw addonMissing(missingAddonMessage(packageRoot, cause), cause);
  }
}

/**
 * Finds the addon in the folder of this package, where it lies if it was compiled here or came with the package. An addon
 * from elsewhere is foreign code, which would run before it can be checked. No other folder is looked at, since the
 * permission model may forbid that.
 */
function findAddon(): string {
  const places = process.env['PREBUILDS_ONLY'] ? [prebuilt] : [compiled, prebuilt];
  let denial: unknown;
  for (const place of places) {
    const file = join(packageRoot, place());
    try {
      if (existsSync(file)) return file;
    } catch (error) {
      denial ??= error;
    }
  }
  throw denial ?? new Error(`${join(packageRoot, prebuilt())} does not exist`);
}

function compiled(): string {
  return 'build/Release/safe_spawn.node';
}

/** The name of tools/prebuild/targets.mjs. To know the C library, the executable of Node is read. */
function prebuilt(): string {
  return `prebuilds/${process.platform}-${process.arch}/safe-spawn.${libc()}.node`;
}
