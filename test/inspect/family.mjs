// Programs with their children, and how to wait for them and to end them.
import { once } from 'node:events';
import { safeSpawn } from 'safe-spawn';
import { eventually } from '../helpers/poll.mjs';
import { familyOf } from '../helpers/processes.mjs';

/**
 * Starts a command, without whatever leaked into the test, and ends it with all its descendants after the test. Its stdout
 * is a pipe that is read. With `stop`, a signal, the command is left to end the others and to tidy up.
 */
export function startFamily(t, command, args = [], { stop, ...options } = {}) {
  const head = safeSpawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], pipes: 'pipe', ...options });
  head.stdout?.resume();
  t.after(async () => {
    if (stop === undefined) for (const { pid } of familyOf(head.pid)) kill(pid);
    else head.kill(stop);
    if (head.exitCode === null && head.signalCode === null) await once(head, 'exit');
  });
  return head;
}

/** Resolves to the family once these programs run in it, as often as they are named. */
export function familyWith(pid, names) {
  return eventually(`${names} run`, () => {
    const family = familyOf(pid);
    const missing = [...names];
    for (const { name } of family) if (missing.includes(name)) missing.splice(missing.indexOf(name), 1);
    return missing.length === 0 && family;
  });
}

/** The descendant that runs this program. */
export async function memberWith(pid, program) {
  const family = await familyWith(pid, [program]);
  return family.find(({ name }) => name === program).pid;
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
