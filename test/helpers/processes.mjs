import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { addon } from './native.mjs';

/** The state letter of a process, such as 'S' or 'Z'; undefined once it is gone. */
export function stateOf(pid) {
  return statOf(pid)?.state;
}

/** Neither gone nor a zombie. */
export function isAlive(pid) {
  return !['Z', 'X', undefined].includes(stateOf(pid));
}

/** The children of a process, zombies among them: `{ pid, state }`. */
export function childrenOf(parent) {
  return allStats()
    .filter((stat) => stat.parent === parent)
    .map(({ pid, state }) => ({ pid, state }));
}

/** The process and all its descendants: `{ pid, state, name }`, where the name is that of the program. */
export function familyOf(pid) {
  const stats = allStats();
  const below = (parent) => stats.filter((stat) => stat.parent === parent).flatMap(withDescendants);
  const withDescendants = (stat) => [stat, ...below(stat.pid)];
  return stats.filter((stat) => stat.pid === pid).flatMap(withDescendants);
}

function allStats() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat !== undefined);
}

/** What each descriptor of a process refers to, by number. */
export function fdTargets(pid = 'self') {
  const directory = `/proc/${pid}/fd`;
  const targets = {};
  for (const fd of readdirSync(directory)) {
    const target = linkOf(`${directory}/${fd}`);
    if (target !== undefined) targets[fd] = target;
  }
  return targets;
}

/** A field of /proc/PID/status, as text. */
export function statusField(name, pid = 'self') {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8')
    .split('\n')
    .find((candidate) => candidate.startsWith(`${name}:`));
  return line?.slice(name.length + 1).trim();
}

/** Soft and hard limit on open descriptors of this process. */
export function nofileLimits(pid = 'self') {
  const line = readFileSync(`/proc/${pid}/limits`, 'utf8').match(/^Max open files +(\S+) +(\S+)/m);
  return { soft: toLimit(line[1]), hard: toLimit(line[2]) };
}

/** All of this process that a launch must leave as it was, but for its children. */
export function stateOfThisProcess() {
  return {
    fds: Object.entries(fdTargets()).map(([fd, target]) => ({
      fd,
      target,
      cloexec: addon.fdFlags(Number(fd)),
      flags: addon.statusFlags(Number(fd)),
    })),
    signals: addon.signalState(),
    dumpable: addon.dumpable(),
    umask: statusField('Umask'),
    uid: statusField('Uid'),
    gid: statusField('Gid'),
    groups: statusField('Groups'),
    noNewPrivileges: statusField('NoNewPrivs'),
    limits: readFileSync('/proc/self/limits', 'utf8'),
    cwd: process.cwd(),
    session: statOf(process.pid).session,
    group: statOf(process.pid).group,
  };
}

/** The name of a process may hold blanks and parentheses: the fields begin after the last one. */
function statOf(pid) {
  let text;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const end = text.lastIndexOf(')');
  const name = text.slice(text.indexOf('(') + 1, end);
  const [state, parent, group, session] = text.slice(end + 2).split(' ');
  return { pid, name, state, parent: Number(parent), group: Number(group), session: Number(session) };
}

/** The descriptor with which the directory is read is gone by now. */
function linkOf(path) {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function toLimit(text) {
  return text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text);
}
