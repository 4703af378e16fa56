/** What a machine may lack. Each is a value for node:test's `skip`: false, or the reason. */
import { spawnSync } from 'node:child_process';
import { nofileLimits } from './processes.mjs';

export const withoutRoot = process.getuid() === 0 ? false : 'needs root';

export function withoutHardLimit(number) {
  return nofileLimits().hard > number ? false : `needs a hard limit of more than ${number} descriptors`;
}

/** ptrace may be forbidden even where strace is installed. */
export function withoutStrace() {
  return succeeds('strace', ['-f', '-o', '/dev/null', 'true']) ? false : 'needs strace';
}

/** The command that runs another in a mount namespace of its own, in which /proc is an empty directory. */
export const hideProc = [
  'unshare',
  '--mount',
  ...asRootOfNamespace(),
  'sh',
  '-c',
  'mount -t tmpfs none /proc && exec "$@"',
  'sh',
];

export function withoutMountNamespace() {
  return succeeds(hideProc[0], [...hideProc.slice(1), 'true']) ? false : 'needs a mount namespace of its own';
}

function asRootOfNamespace() {
  return process.getuid() === 0 ? [] : ['--map-root-user'];
}

function succeeds(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
