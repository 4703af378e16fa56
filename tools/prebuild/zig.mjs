// The cross compiler of the addons. It is installed into this folder when it is asked for the first time.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** @returns {string} its path */
export function zig() {
  const path = join(folder, 'node_modules', '@ryoppippi', 'zig-linux-x64', 'zig');
  if (!existsSync(path))
    execFileSync('npm', ['ci', '--ignore-scripts', '--prefix', folder], { stdio: 'inherit' });
  return path;
}
