import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Returns whether a folder is that of this package. In a bundle, the code lies in a folder of another package. Throws if Node's permission model forbids to read there. */
export function isPackageRoot(folder: string): boolean {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name === 'safe-spawn';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ACCESS_DENIED') throw error;
    return false;
  }
}

/** The folder of this package. It is one level above this file, since the build bundles this file into dist/. */
export const packageRoot: string = join(__dirname, '..');
