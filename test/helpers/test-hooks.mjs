/**
 * The gates of a launch, for fixtures that were started with `gatedEnvironment`: there the library loads a build of its
 * addon in which a test can hold the child.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './native.mjs';

/** Before the child takes a table of its own, and before it opens its signal mask; see enum launch_gate. */
export const UNSHARE = 0;
export const UNMASK = 1;

export const gatedEnvironment = {
  NODE_OPTIONS: `--require=${join(root, 'test', 'helpers', 'gated-addon.cjs')}`,
};

/** The gates of this thread's launches are at `gates().address`; any thread may use them with that. */
export function gates() {
  return createRequire(import.meta.url)(join(root, 'build', 'Release', 'safe_spawn.node')).testHooks;
}
