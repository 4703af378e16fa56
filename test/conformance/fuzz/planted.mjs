// What the fuzzer has to find: child_process, but for one exit status and one call that ends the process.
import * as nodeProcess from 'node:child_process';

export * from 'node:child_process';

export function spawnSync(...args) {
  const result = nodeProcess.spawnSync(...args);
  if (result.status === 0) result.status = 1;
  return result;
}

export function execFileSync() {
  process.kill(process.pid, 'SIGKILL');
}
