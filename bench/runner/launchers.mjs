/** Everything that starts programs and can be compared: the commands of samplers, see native/sampler.h. */

import { fileURLToPath } from 'node:url';
import { importLibrary } from './library.mjs';
import { builtProgram } from './native.mjs';
import { installedPeer } from './peers.mjs';
import { sampler } from './sampler.mjs';

/** Labels, by name. */
export const labels = {
  vfork: 'vfork and exec (C)',
  posixSpawn: 'posix_spawn (C)',
  core: 'the core of safe-spawn (C)',
  rust: 'std::process (Rust)',
  python: 'subprocess, close_fds (Python)',
  bun: 'Bun.spawn (Bun)',
  deno: 'Deno.Command (Deno)',
  node22: 'child_process.spawn (Node 22)',
  node24: 'child_process.spawn (Node 24)',
  node26: 'child_process.spawn (Node 26)',
  childProcess: 'child_process.spawn (this Node)',
  ours: 'safeSpawn (this Node)',
};

const NODE_LAUNCH = 'node-launch.mjs';

/** Each returns the command of a sampler, or throws Unavailable; those of Node are told the `stdio` option. */
export const commands = {
  vfork: () => [builtProgram('vfork-launch'), 'nothing', 0],
  posixSpawn: () => [builtProgram('posix-spawn-launch')],
  core: () => [builtProgram('core-launch')],
  rust: () => [builtProgram('rust-launch')],
  python: () => ['python3', program('subprocess-launch.py')],
  bun: () => [installedPeer('bun'), program('bun-launch.mjs')],
  deno: () => [installedPeer('deno'), 'run', '--allow-all', program('deno-launch.mjs')],
  node22: (stdio) => childProcessOf(installedPeer('node22'), stdio),
  node24: (stdio) => childProcessOf(installedPeer('node24'), stdio),
  node26: (stdio) => childProcessOf(installedPeer('node26'), stdio),
  childProcess: (stdio) => childProcessOf(process.execPath, stdio),
  ours: async (stdio) => {
    await importLibrary();
    return [process.execPath, program(NODE_LAUNCH), 'safe-spawn', 'safeSpawn', stdio];
  },
};

export function program(name) {
  return fileURLToPath(new URL(`../programs/${name}`, import.meta.url));
}

function childProcessOf(node, stdio) {
  return [node, program(NODE_LAUNCH), 'node:child_process', 'spawn', stdio];
}

/**
 * The exports of a question that compares launchers. Its scenarios have `until`, the time that counts ('blocked' or
 * 'ended'), `stdio`, and what is held: `descriptors` and `memory`.
 */
export function contendersOf(names) {
  return Object.fromEntries(names.map((name) => [name, launcher(name)]));
}

export function labelsOf(names) {
  return Object.fromEntries(names.map((name) => [name, labels[name]]));
}

function launcher(name) {
  return async (scenario, effort) =>
    sampler(await commands[name](scenario.stdio), scenario, effort, scenario.until);
}

/** Returns a comparison of two contenders, or of one with itself in the `other` scenario. */
export function quotient(of, to, scenario, { atMost, other = scenario } = {}) {
  const label =
    scenario === other ? `${short(of)} : ${short(to)}, ${scenario}` : `${short(of)}, ${scenario} : ${other}`;
  return { label, of: [of, scenario], to: [to, other], atMost };
}

function short(name) {
  return labels[name].replace(/ \(.*/, '');
}
