/** The programs out of bench/peers/package.json. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Unavailable } from './unavailable.mjs';

/** Where they are, if they are installed. */
export const peer = {
  bun: pathOf('@oven/bun-linux-x64/bin/bun'),
  deno: pathOf('@deno/linux-x64-glibc/deno'),
  node22: pathOf('node-22/bin/node'),
  node24: pathOf('node-24/bin/node'),
  node26: pathOf('node-26/bin/node'),
};

export function installedPeer(name) {
  if (!existsSync(peer[name])) throw new Unavailable('not installed (npm install --prefix bench/peers)');
  return peer[name];
}

function pathOf(path) {
  return fileURLToPath(new URL(`../peers/node_modules/${path}`, import.meta.url));
}
