import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let directory;
let count = 0;

/** A directory of this process, open to every user, removed when the process exits. */
export function scratchDirectory() {
  directory ??= create();
  return directory;
}

/** A path in it that nobody else has. */
export function scratchPath(name = 'file') {
  count += 1;
  return join(scratchDirectory(), `${count}-${name}`);
}

function create() {
  const path = mkdtempSync(join(tmpdir(), 'safe-spawn-test-'));
  chmodSync(path, 0o777);
  process.once('exit', () => rmSync(path, { recursive: true, force: true }));
  return path;
}
