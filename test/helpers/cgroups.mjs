/** Cgroups of version 2 for tests, which need one that is mounted and may be written, as root has it on most machines. */
import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './poll.mjs';

const mountPoint = readFileSync('/proc/self/mounts', 'utf8').match(/^\S+ (\S+) cgroup2 /m)?.[1];

let count = 0;

/** A value for node:test's `skip`. */
export function withoutCgroups() {
  if (mountPoint === undefined) return 'needs cgroup v2 to be mounted';
  try {
    rmdirSync(makeCgroup());
    return false;
  } catch ({ code }) {
    return `needs to make cgroups: ${code}`;
  }
}

export function withoutController(name) {
  const reason = withoutCgroups();
  if (reason) return reason;
  const controllers = readFileSync(join(mountPoint, 'cgroup.subtree_control'), 'utf8').trim().split(' ');
  return controllers.includes(name) ? false : `needs the controller ${name} in cgroup v2`;
}

/** A cgroup that is removed when the test is over. */
export function cgroupFor(context) {
  const path = makeCgroup();
  context.after(() => removeCgroup(path));
  return path;
}

/** How a process that is in it sees it, in /proc/self/cgroup. */
export function lineOf(path) {
  return `0::${path.slice(mountPoint.length)}`;
}

export function cgroupOfThisProcess() {
  const [, path] = readFileSync('/proc/self/cgroup', 'utf8').match(/^0::(.*)$/m);
  return join(mountPoint, path);
}

export function membersOf(path) {
  return readFileSync(join(path, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
}

function makeCgroup() {
  count += 1;
  const path = join(mountPoint, `safe-spawn-options-${process.pid}-${count}`);
  mkdirSync(path);
  return path;
}

/** It is busy for a moment after its last process was reaped. */
async function removeCgroup(path) {
  await eventually(`${path} is empty`, () => membersOf(path).length === 0);
  if (existsSync(path)) rmdirSync(path);
}
