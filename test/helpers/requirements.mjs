/** What a machine may lack. Each is a value for node:test's `skip`: false, or the reason. */
import { spawnSync } from 'node:child_process';
import { seccompRunPath } from './native.mjs';
import { nofileLimits, statusField } from './processes.mjs';

export const withoutRoot = process.getuid() === 0 ? false : 'needs root';

const CAP_SYS_RESOURCE = 24n;
export const withCapSysResource = hasCapability(CAP_SYS_RESOURCE) ? 'needs to lack CAP_SYS_RESOURCE' : false;

export function withoutHardLimit(number) {
  return nofileLimits().hard > number ? false : `needs a hard limit of more than ${number} descriptors`;
}

/** ptrace may be forbidden even where strace is installed. */
export function withoutStrace() {
  return succeeds('strace', ['-f', '-o', '/dev/null', 'true']) ? false : 'needs strace';
}

export function withoutFilters() {
  return succeeds(seccompRunPath, ['--', 'true']) ? false : 'needs seccomp filters';
}

export function withoutMountNamespace() {
  return succeeds(seccompRunPath, ['no-proc', '--', 'true']) ? false : 'needs a mount namespace of its own';
}

export function withoutPidNamespace() {
  const args = ['--pid', '--fork', '--mount-proc', 'true'];
  return succeeds('unshare', args) ? false : 'needs a PID namespace of its own';
}

function hasCapability(number) {
  return (BigInt(`0x${statusField('CapEff')}`) & (1n << number)) !== 0n;
}

function succeeds(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
