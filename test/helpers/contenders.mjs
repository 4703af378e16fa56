/** The two ways to start a child that the leak tests compare. The first is the control arm. */
export const STOCK = 'child_process.spawn';
export const SAFE = 'safeSpawn';

/** Loaded when asked for: some tests change the process before the library sees it. */
export async function spawnFunction(name) {
  if (name === STOCK) return (await import('node:child_process')).spawn;
  return (await import('safe-spawn')).safeSpawn;
}
