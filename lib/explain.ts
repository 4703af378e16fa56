import { getSystemErrorName } from 'node:util';
import type { Launch } from './plan.js';
import { explainRefusal, limitOf } from './rlimits.js';
import { SETTING_WORDS } from './settings.js';
import { signalName } from './signals.js';

/** Where a launch failed: the step, its negative errno, and what launch.h says of it at steps `rlimit` and `oomScoreAdj`. */
export interface FailedStep {
  readonly step: string;
  readonly errno: number;
  readonly detail: number;
}

/** Why a step may have failed, in words; undefined where `child_process` can fail in the same way, and has none. */
export function explain(failed: FailedStep, launch: Launch): string | undefined {
  return EXPLANATIONS[failed.step]?.(launch, getSystemErrorName(failed.errno), failed);
}

type Explanation = (launch: Launch, code: string, failed: FailedStep) => string | undefined;

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  cgroup: ({ cgroup }, code) => describeCgroup(code, `cgroup ${cgroup}`),
  clone: ({ cgroup, rlimits }, code) => {
    if (code !== 'EAGAIN') return undefined;
    const nproc = describeNproc(rlimits);
    return cgroup === undefined
      ? nproc
      : `no more processes are allowed in cgroup ${cgroup}, or for this user`;
  },
  signals: () => 'at step signals',
  session: () => 'at step session',
  processGroup: ({ settings }, code) => {
    const group = word(settings, 'processGroup');
    if (group === 0 || code !== 'EPERM') return 'at step processGroup';
    return `there is no process group ${group} in this session that can be joined`;
  },
  seal: () =>
    "the descriptors that it must not have can't be closed for certain, " +
    'since close_range(2) (Linux 5.9) and /proc are both missing or forbidden',
  oomScoreAdj: ({ settings }, code, { detail }) =>
    describeOomScore(`oomScoreAdj ${word(settings, 'oomScoreAdj')}`, code, detail !== 0),
  umask: () => 'at step umask',
  nice: ({ settings }, code) => {
    const asked = `nice ${word(settings, 'nice')}`;
    const isDenied = code === 'EACCES' || code === 'EPERM';
    return isDenied ? `${asked} is below what rlimit nice allows and CAP_SYS_NICE is missing` : asked;
  },
  rlimit: ({ rlimits }, _code, { detail }) => explainRefusal(detail, rlimits),
  groups: ({ settings }, code) => {
    const ids = Array.from(settings?.subarray(SETTING_WORDS.groups) ?? [], (id) => id >>> 0);
    const asked = `groups ${list(ids)}`;
    if (code === 'EPERM') return `${asked} can't be set, since CAP_SETGID is missing`;
    return code === 'EINVAL' ? `${asked} are too many, or not valid in this user namespace` : asked;
  },
  noNewPrivileges: () => 'noNewPrivileges needs Linux 3.5',
  deathSignal: ({ settings }) => {
    const number = word(settings, 'deathSignal');
    return `deathSignal ${signalName(number) || number} can't be set, or this process is already dead`;
  },
  unmask: () => 'at step unmask',
  exec: ({ rlimits }, code) => {
    if (code === 'EAGAIN') return describeNproc(rlimits);
    const stack = limitOf('stack', rlimits);
    const isTooLong = code === 'E2BIG' && stack !== undefined;
    return isTooLong
      ? `arguments and environment don't fit into a quarter of rlimit stack ${stack}`
      : undefined;
  },
};

function describeCgroup(code: string, cgroup: string): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `there is no ${cgroup}`;
    case 'EINVAL':
      return `${cgroup} is none of version 2`;
    case 'EBUSY':
      return `${cgroup} is frozen, or has controllers for cgroups in it`;
    case 'ENODEV':
      return `${cgroup} was removed`;
    case 'EACCES':
    case 'EPERM':
      return `${cgroup} may not be joined`;
    case 'ENOSYS':
      return `clone3(2) (Linux 5.7) is missing or forbidden, which is needed for ${cgroup}`;
    default:
      return `${cgroup} can't be joined`;
  }
}

function describeOomScore(asked: string, code: string, isUndumpable: boolean): string {
  switch (code) {
    case 'EACCES':
      return isUndumpable
        ? `${asked} can't be set by this process, which is not dumpable since it changed its ids: ` +
            '/proc/self/oom_score_adj belongs to root'
        : `${asked} is below the least allowed and CAP_SYS_RESOURCE is missing`;
    case 'ENOENT':
    case 'ENXIO':
      return `${asked} needs proc(5), which is not mounted at /proc`;
    default:
      return asked;
  }
}

const MOST_LISTED = 20;

function list(ids: readonly number[]): string {
  const rest = ids.length > MOST_LISTED ? [`and ${ids.length - MOST_LISTED} more`] : [];
  return `[${[...ids.slice(0, MOST_LISTED), ...rest].join(', ')}]`;
}

function describeNproc(rlimits: BigUint64Array | undefined): string | undefined {
  const nproc = limitOf('nproc', rlimits);
  return nproc === undefined ? undefined : `the user has more processes than rlimit nproc ${nproc} allows`;
}

function word(settings: Int32Array | undefined, name: keyof typeof SETTING_WORDS): number {
  return settings?.[SETTING_WORDS[name]] ?? 0;
}
