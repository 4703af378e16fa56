// Numbers that the programs of the demo write down when they know them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The number, once it is there; undefined if it does not come within so many milliseconds. */
export async function noted(folder, name, patience) {
  const deadline = performance.now() + patience;
  while (notedNow(folder, name) === undefined && performance.now() < deadline) await sleep(10);
  return notedNow(folder, name);
}

export function notedNow(folder, name) {
  const line = readIfThere(join(folder, name));
  return line.endsWith('\n') ? Number(line) : undefined;
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
