import { existsSync } from 'node:fs';
import { join } from 'node:path';
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

/**
 * Finds the addon in the folder of this package, where it lies if it was compiled here or came with the package. An addon
 * from elsewhere is foreign code, which would run before it can be checked. No other folder is looked at, since the
 * permission model may forbid that.
 */
function findAddon(): string {
  if (!isPackageRoot(packageRoot)) throw new Error(`${packageRoot} is not the folder of safe-spawn`);
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
