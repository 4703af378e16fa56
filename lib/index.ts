export type { ChildMethods, SafeChildProcess } from './launch/child-methods.js';
export type { PromiseWithSafeChild, SafeExec, SafeExecFile } from './methods/exec.js';
export { safeExec, safeExecFile } from './methods/exec.js';
export type { SafeFork } from './methods/fork.js';
export { safeFork } from './methods/fork.js';
export type { RegisterOptions } from './methods/register.js';
export { register } from './methods/register.js';
export type { SafeSpawn } from './methods/spawn.js';
export { safeSpawn } from './methods/spawn.js';
export type { SafeExecFileSync, SafeExecSync, SafeSpawnSync } from './methods/spawn-sync.js';
export { safeExecFileSync, safeExecSync, safeSpawnSync } from './methods/spawn-sync.js';
export type {
  Capabilities,
  CloneMode,
  CloseFds,
  LinuxCapabilities,
  NoCapabilities,
  Pidfd,
  Syscalls,
} from './process/capabilities.js';
export { capabilities } from './process/capabilities.js';
export type { OpenFd } from './process/open-fds.js';
export { openFds, setCloseOnExec } from './process/open-fds.js';
export type { CurrentRlimit } from './process/rlimits.js';
export { getRlimit, setRlimit } from './process/rlimits.js';
export type { ExitStatus, SafeSpawnSyncReturns, WithExitStatus } from './terminate/exit-status.js';
export type { Containment } from './terminate/started-process.js';
export type { StopOptions } from './terminate/stop-options.js';
export type {
  LaunchOptions,
  Rlimit,
  Rlimits,
  RlimitValue,
  SafeSpawnOptions,
  SafeSpawnOptionsWithoutStdio,
  SafeSpawnOptionsWithStdioTuple,
  WithLaunchOptions,
} from './types.js';
export type { LaunchStep, SafeSpawnErrorCode, SpawnError, StopError } from './util/errors.js';
export type { FdAccess, FdFlags } from './util/procfs-fds.js';
