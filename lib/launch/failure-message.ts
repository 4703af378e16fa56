import { fstatSync } from 'node:fs';
import { getSystemErrorName } from 'node:util';
import type { SpawnRequest } from '../node/spawn-request.js';
import { type LaunchConfig, requestedGroups, requestedIds } from '../options/launch-config.js';
import { requestedSoftLimit, rlimitFailureMessage } from '../options/rlimits.js';
import { copyList } from '../util/lists.js';
import { signalName } from '../util/signals.js';
import { ownSoftLimit, whyTooLong } from './explain-arguments.js';
import { absolute, type Ids, show, whyNoDirectory, workingDirectory } from './explain-path.js';
import { whyNotExecuted } from './explain-program.js';
import { descriptorOf } from './stdio.js';

/** The step at which a launch failed, its negative errno, and a detail that only the steps `rlimit` and `oomScoreAdj` have. */
export interface FailedStep {
  readonly step: string;
  readonly errno: number;
  readonly resource: number;
}

/**
 * Explains why a step may have failed, or returns undefined if that is unknown. It looks at files now, so that they may
 * have changed since. It never throws, since the error of the launch matters more.
 */
export function failureMessage(
  failed: FailedStep,
  config: LaunchConfig,
  request: SpawnRequest,
): string | undefined {
  try {
    const explain = FAILURE_MESSAGES[failed.step];
    if (explain === undefined) return `at step ${failed.step}`;
    return explain(config, nameOf(failed.errno), failed, request);
  } catch {
    return undefined;
  }
}

/** Node knows the codes of libuv alone. */
function nameOf(errno: number): string {
  return errno === -ELIBBAD ? 'ELIBBAD' : getSystemErrorName(errno);
}

const ELIBBAD = 80;

type FailureMessage = (
  launch: LaunchConfig,
  code: string,
  failed: FailedStep,
  request: SpawnRequest,
) => string | undefined;

const FAILURE_MESSAGES: Readonly<Record<string, FailureMessage>> = {
  stdio: ({ passFds }, code, _failed, request) => describeStdio(code, request, passFds),
  cgroup: ({ cgroup }, code) => describeCgroup(code, `cgroup ${show(`${cgroup}`)}`),
  clone: ({ cgroup, rlimits }, code) => {
    if (code !== 'EAGAIN') return undefined;
    if (cgroup !== undefined)
      return `no more processes are allowed in cgroup ${show(cgroup)}, or for this user`;
    const limits = 'of the user (RLIMIT_NPROC), the cgroup (pids.max) or the system (kernel.pid_max)';
    return describeNproc(rlimits) ?? `no more processes are allowed by a limit ${limits}`;
  },
  processGroup: ({ processGroup }, code) => {
    if (processGroup === true) return 'cannot create a process group for the child: setpgid(2) failed';
    const name = `process group ${processGroup}`;
    return code === 'EPERM'
      ? `cannot join ${name}: no such group in this session`
      : `cannot join ${name}: setpgid(2) failed`;
  },
  closeFds: () =>
    'cannot guarantee that all other descriptors are closed: ' +
    'close_range(2) (Linux 5.9) and /proc are both unavailable',
  oomScoreAdj: ({ oomScoreAdj }, code, { resource }) =>
    describeOomScore(`oomScoreAdj ${oomScoreAdj}`, code, resource !== 0),
  cwd: (_launch, code, _failed, { cwd }) =>
    code === 'ENAMETOOLONG' ? TOO_LONG : describeDirectory(code, `${cwd}`),
  nice: ({ nice = 0 }, code) => {
    const isDenied = code === 'EACCES' || code === 'EPERM';
    const hint = isDenied ? `: requires CAP_SYS_NICE or RLIMIT_NICE >= ${20 - nice}` : '';
    return `cannot set nice to ${nice}${hint}`;
  },
  rlimit: ({ rlimits }, _code, { resource }) => rlimitFailureMessage(resource, rlimits),
  groups: (config, code) => {
    const failed = `cannot set groups to ${listIds(requestedGroups(config) ?? [])}`;
    if (code === 'EPERM') return `${failed}: requires CAP_SETGID`;
    return code === 'EINVAL' ? `${failed}: too many, or not valid in this user namespace` : failed;
  },
  gid: (launch, code, _failed, request) => describeId('gid', code, launch, request),
  uid: (launch, code, _failed, request) => describeId('uid', code, launch, request),
  noNewPrivileges: () => 'cannot set noNewPrivileges: requires Linux 3.5',
  deathSignal: ({ deathSignal = 0 }) => {
    const name = signalName(deathSignal) || deathSignal;
    return `cannot set deathSignal to ${name}: prctl(2) failed, or the parent has already ended`;
  },
  exec: (launch, code, _failed, request) => {
    if (code === 'EAGAIN')
      return (
        describeNproc(launch.rlimits) ?? `${TOO_MANY_PROCESSES} RLIMIT_NPROC ${ownSoftLimit('nproc')} allows`
      );
    if (code === 'E2BIG') return whyTooLong(launch, request);
    if (code === 'ENAMETOOLONG') return TOO_LONG;
    const { file, cwd } = request;
    const program = {
      file,
      directory: directoryOf(cwd),
      path: pathOf(launch, request),
      ids: childIds(launch, request),
    };
    return whyNotExecuted(program, code);
  },
};

// ---- descriptors -----------------------------------------------------------------------------------------------

function describeStdio(
  code: string,
  { file, stdio }: SpawnRequest,
  passFds: LaunchConfig['passFds'],
): string | undefined {
  if (code === 'EMFILE') {
    return `this process has as many open descriptors as RLIMIT_NOFILE allows (${ownSoftLimit('nofile')})`;
  }
  if (code === 'ENFILE') return 'the system has as many open files as fs.file-max allows';
  const entryOf = (index: number) => `stdio[${index}] of ${show(file)}`;
  for (const [index, entry] of copyList(stdio).entries()) {
    if (entry.type === 'wrap' && entry.wrapType === 'udp')
      return `${entryOf(index)} is a UDP socket, which cannot be passed`;
    if (entry.type === 'ignore' || entry.type === 'pipe' || entry.type === 'overlapped') continue;
    const fd = descriptorOf(entry);
    if (fd === -1) return `${entryOf(index)} has no file descriptor`;
    if (fd >= 0 && isClosed(fd)) return `${entryOf(index)} is descriptor ${fd}, which is not open`;
  }
  const lost = passFds?.find(isClosed);
  return lost === undefined ? undefined : `passFds lists ${lost}, which is no longer open`;
}

function isClosed(fd: number): boolean {
  try {
    fstatSync(fd);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EBADF';
  }
}

// ---- users -----------------------------------------------------------------------------------------------------

function describeId(
  name: 'uid' | 'gid',
  code: string,
  launch: LaunchConfig,
  request: SpawnRequest,
): string | undefined {
  const id = (requestedIds(request, launch)[name] ?? 0) >>> 0;
  const failed = `cannot start ${show(request.file)} with ${name} ${id}`;
  switch (code) {
    case 'EPERM':
      return `${failed}: requires CAP_SET${name.toUpperCase()}`;
    case 'EINVAL':
      return `${failed}: this user namespace has no such id`;
    case 'EAGAIN':
      return `${failed}: the user has more processes than RLIMIT_NPROC allows`;
    default:
      return undefined;
  }
}

/** Returns the ids that the child had when it executed the program. */
function childIds(launch: LaunchConfig, request: SpawnRequest): Ids {
  const own = parentIds();
  const { uid, gid } = requestedIds(request, launch);
  const isOther = (uid ?? undefined) !== undefined || (gid ?? undefined) !== undefined;
  const requested = requestedGroups(launch);
  return {
    uid: (uid ?? own.uid) >>> 0,
    gid: (gid ?? own.gid) >>> 0,
    groups: requested ?? (isOther ? [] : own.groups),
  };
}

function parentIds(): Ids {
  return {
    uid: process.geteuid?.() ?? 0,
    gid: process.getegid?.() ?? 0,
    groups: process.getgroups?.() ?? [],
  };
}

const TOO_LONG = 'the path is longer than 4,095 bytes, or a name in it is longer than 255';

// ---- files -----------------------------------------------------------------------------------------------------

function directoryOf(cwd: unknown): string {
  return cwd === undefined || cwd === null ? workingDirectory() : absolute(workingDirectory(), `${cwd}`);
}

function describeDirectory(code: string, cwd: string): string | undefined {
  const directory = directoryOf(cwd);
  const reason = whyNoDirectory(directory, parentIds());
  if (reason?.code !== code) return undefined;
  return reason.text.startsWith(`${show(directory)} `)
    ? `cwd ${reason.text}`
    : `cwd ${show(directory)}: ${reason.text}`;
}

/** Returns the PATH in which the child searched for the program. */
function pathOf({ inheritsEnvironment }: LaunchConfig, { envPairs }: SpawnRequest): string | undefined {
  if (inheritsEnvironment || envPairs === undefined) return process.env['PATH'];
  const pair = copyList(envPairs)
    .map(String)
    .find((text) => text.startsWith('PATH='));
  return pair?.slice('PATH='.length);
}

function describeCgroup(code: string, cgroup: string): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `${cgroup} does not exist`;
    case 'EINVAL':
      return `${cgroup} is not a cgroup v2`;
    case 'EBUSY':
      return `${cgroup} is frozen, or has controllers enabled for its children`;
    case 'ENODEV':
      return `${cgroup} was removed`;
    case 'EACCES':
    case 'EPERM':
      return `cannot join ${cgroup}: requires write permission for its cgroup.procs and for that of the common ancestor`;
    case 'ENOSYS':
      return `cannot join ${cgroup}: clone3(2) (Linux 5.7) is missing or forbidden`;
    default:
      return `cannot join ${cgroup}`;
  }
}

function describeOomScore(setting: string, code: string, isUndumpable: boolean): string {
  switch (code) {
    case 'EACCES':
      return isUndumpable
        ? `cannot set ${setting} from this process, which is not dumpable since it changed its ids: ` +
            '/proc/self/oom_score_adj belongs to root'
        : `${setting} is below the least allowed and CAP_SYS_RESOURCE is missing`;
    case 'ENOENT':
    case 'ENXIO':
      return `${setting} needs proc(5), which is not mounted at /proc`;
    default:
      return `cannot set ${setting}`;
  }
}

const MOST_LISTED = 20;

function listIds(ids: readonly number[]): string {
  const rest = ids.length > MOST_LISTED ? [`and ${ids.length - MOST_LISTED} more`] : [];
  return `[${[...ids.slice(0, MOST_LISTED), ...rest].join(', ')}]`;
}

function describeNproc(rlimits: LaunchConfig['rlimits']): string | undefined {
  const nproc = requestedSoftLimit('nproc', rlimits);
  return nproc === undefined ? undefined : `${TOO_MANY_PROCESSES} rlimit nproc ${nproc} allows`;
}

const TOO_MANY_PROCESSES = 'the user has more processes than';
