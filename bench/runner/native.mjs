/** The programs of bench/native. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Unavailable } from './unavailable.mjs';

const sources = fileURLToPath(new URL('../native', import.meta.url));

/** Compiles what is not up to date. What can't be compiled is not there afterwards: see {@link builtProgram}. */
export function buildNative() {
  spawnSync('make', ['--silent', '--keep-going', '-C', sources], { stdio: ['ignore', 2, 2] });
}

/** The path of a compiled program. */
export function builtProgram(name) {
  const path = `${sources}/build/${name}`;
  if (!existsSync(path)) throw new Unavailable(`bench/native/build/${name} could not be compiled`);
  return path;
}
