export type {
  Capabilities,
  LinuxCapabilities,
  NoCapabilities,
  Pidfd,
  Seal,
  Syscalls,
  Tier,
} from './capabilities.js';
export { capabilities } from './capabilities.js';
export type { LaunchStep, SafeSpawnErrorCode, SpawnError } from './errors.js';
export type { PromiseWithSafeChild, SafeExec, SafeExecFile } from './exec.js';
export { safeExec, safeExecFile } from './exec.js';
export type { OpenFd } from './fds.js';
export { openFds, sealFds } from './fds.js';
export type { SafeFork } from './fork.js';
export { safeFork } from './fork.js';
export type { RegisterOptions } from './install.js';
export { register } from './install.js';
export type {
  LaunchOptions,
  Rlimit,
  Rlimits,
  RlimitValue,
  SafeSpawnOptions,
  SafeSpawnOptionsWithoutStdio,
  SafeSpawnOptionsWithStdioTuple,
  WithLaunchOptions,
} from './options.js';
export type { FdAccess, FdFlags } from './proc-fds.js';
export type { CurrentRlimit } from './process-limits.js';
export { getRlimit, setRlimit } from './process-limits.js';
export type { ChildExtras, SafeChildProcess } from './safe-child.js';
export type { SafeSpawn } from './spawn.js';
export { safeSpawn } from './spawn.js';
export type { SafeExecFileSync, SafeExecSync, SafeSpawnSync } from './sync.js';
export { safeExecFileSync, safeExecSync, safeSpawnSync } from './sync.js';
