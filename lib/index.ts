export type { Capabilities, LinuxCapabilities, NoCapabilities, Pidfd, Seal, Tier } from './capabilities.js';
export { capabilities } from './capabilities.js';
export type { SpawnError } from './errors.js';
export type { FdAccess, OpenFd } from './fds.js';
export { openFds, sealFds } from './fds.js';
export type {
  LaunchOptions,
  Rlimit,
  Rlimits,
  RlimitValue,
  SafeSpawnOptions,
  SafeSpawnOptionsWithoutStdio,
  SafeSpawnOptionsWithStdioTuple,
} from './options.js';
export type { SafeSpawn } from './spawn.js';
export { safeSpawn } from './spawn.js';
