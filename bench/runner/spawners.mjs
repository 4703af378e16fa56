/** The two that most questions compare, in the process of the question itself. */

import { spawn, spawnSync } from 'node:child_process';
import { importLibrary } from './library.mjs';

export const labels = { childProcess: 'child_process', ours: 'safe-spawn' };

const ofNode = () => ({ module: ['node:child_process', 'spawn'], spawn, spawnSync });

async function ofLibrary() {
  const { safeSpawn, safeSpawnSync } = await importLibrary();
  return { module: ['safe-spawn', 'safeSpawn'], spawn: safeSpawn, spawnSync: safeSpawnSync };
}

/**
 * The exports of such a question.
 *
 * @param {(functions: { module: [string, string], spawn: Function, spawnSync: Function }, scenario: object) => object} contender
 *   told the functions, and where to find the first of them
 */
export function spawners(contender) {
  return {
    childProcess: (scenario) => contender(ofNode(), scenario),
    ours: async (scenario) => contender(await ofLibrary(), scenario),
  };
}

/** Returns the comparison of both in the same scenario. */
export function oursToNode(scenario, bound) {
  return {
    label: `safe-spawn : child_process, ${scenario}`,
    of: ['ours', scenario],
    to: ['childProcess', scenario],
    ...bound,
  };
}
