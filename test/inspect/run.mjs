import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { root } from '../helpers/native.mjs';

/** `safe-spawn inspect` as a user runs it. */
export async function runInspect(args, options = {}) {
  const command = [join(root, 'dist', 'cli', 'index.js'), 'inspect', ...args.map(String)];
  const child = spawn(process.execPath, command, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await once(child, 'close');
  const [stdout, stderr] = await output;
  return { code, stdout, stderr };
}

/** `safe-spawn` with any words. */
export function safeSpawnCommand(words, stdio = 'pipe') {
  const command = [join(root, 'dist', 'cli', 'index.js'), ...words];
  return spawnSync(process.execPath, command, { encoding: 'utf8', stdio });
}
