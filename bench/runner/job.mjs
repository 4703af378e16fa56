/** Runs one job of worker.mjs, and turns whatever happens to its process into outcomes. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const worker = fileURLToPath(new URL('worker.mjs', import.meta.url));

/** Milliseconds for each cell: a process with a contender that hangs is killed. */
const DEADLINE = 300_000;

/**
 * @param {{ href: string, cells: object[], effort: object }} job
 * @returns {Promise<object[]>} an outcome for each cell
 */
export async function runJob(job) {
  const child = fork(worker, [JSON.stringify(job)], {
    stdio: ['ignore', 2, 2, 'ipc'],
    timeout: DEADLINE * job.cells.length,
    killSignal: 'SIGKILL',
  });
  let outcomes;
  child.on('message', (message) => {
    outcomes = message;
  });
  const [code, signal] = await once(child, 'close');
  return outcomes ?? job.cells.map(() => ({ failed: `died: ${signal ?? `exit code ${code}`}` }));
}
