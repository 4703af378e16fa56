import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Returns whether a folder is that of this package. In a bundle the code lies in a folder of somebody else. */
export function isPackageRoot(folder: string): boolean {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name === 'safe-spawn';
  } catch {
    return false;
  }
}

/** The folder of this package: one level above this file, in dist/ as in a bundle there. */
export const packageRoot: string = join(__dirname, '..');
