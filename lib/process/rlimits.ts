import { addon } from '../native/addon.js';
import { describeRlimitFailure, readLimitFor, readResource, UNLIMITED } from '../options/rlimits.js';
import type { Rlimit, Rlimits, RlimitValue } from '../types.js';
import { invalidType, outOfRange } from '../util/errors.js';
import { assertLinux } from '../util/platform.js';

/** The present value of a limit. A value above `Number.MAX_SAFE_INTEGER` is a bigint. */
export interface CurrentRlimit {
  readonly soft: RlimitValue;
  readonly hard: RlimitValue;
}

/**
 * Returns a limit of a process, by default of this one, in the unit of its resource ({@link Rlimits}).
 *
 * Throws `ESRCH` if there is no such process. A process of another user needs CAP_SYS_RESOURCE (otherwise `EPERM`). An
 * invalid argument throws `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE` or `ERR_OUT_OF_RANGE`. On platforms other than
 * Linux it throws `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM`. (Linux 2.6.36; prlimit(2).)
 *
 * @example
 * getRlimit('nofile'); // { soft: 1048576, hard: 1048576 }
 */
export function getRlimit(resource: keyof Rlimits, ...target: [pid?: number]): CurrentRlimit {
  assertLinux('getRlimit()');
  const number = readResource('resource', resource);
  return toRlimit(read(readPid(target), number));
}

/**
 * Changes a limit of a running process, by default of this one, and returns the previous limit. `value` has the form of the
 * option `rlimits`. The kernel takes nothing away that the process already holds or has used.
 *
 * Raising a hard limit needs CAP_SYS_RESOURCE (otherwise `EPERM`). The other errors are those of {@link getRlimit}.
 * (Linux 2.6.36; prlimit(2).)
 *
 * @example
 * setRlimit('core', 0);
 * setRlimit('nofile', { soft: 1024 }, child.pid);
 */
export function setRlimit(resource: keyof Rlimits, value: Rlimit, ...target: [pid?: number]): CurrentRlimit {
  assertLinux('setRlimit()');
  const number = readResource('resource', resource);
  if (value === undefined) throw invalidType('value', 'a limit', value);
  const requested = readLimitFor(resource, 'value', value);
  const pid = readPid(target);
  const [soft = 0n, hard = 0n] = read(pid, number);
  try {
    const limit = BigUint64Array.of(requested.soft ?? soft, requested.hard ?? hard);
    return toRlimit(addon().prlimit(pid, number, limit));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw Object.assign(error as Error, {
      message: `setRlimit ${code}: ${describeRlimitFailure(resource, requested, { soft, hard })}`,
    });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ESRCH: 'there is no process',
  EPERM: 'requires CAP_SYS_RESOURCE or the same user as process',
};

function read(pid: number, resource: number): BigUint64Array {
  try {
    return addon().prlimit(pid, resource);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const reason = REASONS[code];
    if (reason !== undefined) Object.assign(error as Error, { message: `prlimit ${code}: ${reason} ${pid}` });
    throw error;
  }
}

const HIGHEST_PID: number = 2 ** 31 - 1;

/** Returns 0, which means this process, if no pid was passed. Rejects `undefined`, the pid of a child that did not start. */
function readPid(target: readonly unknown[]): number {
  if (target.length === 0) return 0;
  const [pid] = target;
  if (typeof pid !== 'number') throw invalidType('pid', 'of type number', pid);
  if (!Number.isInteger(pid) || pid < 1 || pid > HIGHEST_PID) {
    throw outOfRange('pid', `an integer >= 1 && <= ${HIGHEST_PID}`, pid);
  }
  return pid;
}

function toRlimit([soft = 0n, hard = 0n]: BigUint64Array): CurrentRlimit {
  return { soft: toValue(soft), hard: toValue(hard) };
}

function toValue(value: bigint): RlimitValue {
  if (value === UNLIMITED) return 'unlimited';
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}
