import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Returns the version of this package if `folder` is its own. The code of a bundle lies in the folder of another package.
 * Throws if Node's permission model forbids to read there.
 */
export function packageVersion(folder: string): string | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return name === 'safe-spawn' ? version : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ACCESS_DENIED') throw error;
    return undefined;
  }
}

/** The folder of this package. It is one level above this file, since the build bundles this file into dist/. */
export const packageRoot: string = join(__dirname, '..');
