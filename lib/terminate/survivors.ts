import { readdirSync, readFileSync } from 'node:fs';

/**
 * Returns the processes of a group that still run. Zombies do not count.
 *
 * @param isReaped true if the leader was reaped. The kernel reuses the number of a group only once it has no member. So if a
 *   process has that number now, the group has ended.
 */
export function membersOfGroup(group: number, isReaped: boolean): number[] {
  const error = signalError(-group);
  if (error === 'ESRCH') return [];
  const members = scanGroup(group);
  if (members === undefined) return [group];
  if (isReaped && members.includes(group)) return [];
  // EPERM means that the group has members. If proc(5) hides them (hidepid), the group's own number stands for them.
  return members.length === 0 && error === 'EPERM' ? [group] : members;
}

function signalError(target: number): string | undefined {
  try {
    process.kill(target, 0);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

/** Returns undefined if proc(5) is not mounted. */
function scanGroup(group: number): number[] | undefined {
  const pids = listProcesses();
  return pids?.filter((pid) => isRunningIn(group, pid));
}

function listProcesses(): number[] | undefined {
  try {
    const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
    return pids.length > 0 ? pids : undefined;
  } catch {
    return undefined;
  }
}

function isRunningIn(group: number, pid: number): boolean {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of a program can hold blanks and parentheses: the fields begin after the last one.
    const [state = '', , processGroup] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return Number(processGroup) === group && !'ZX'.includes(state);
  } catch {
    return false;
  }
}
