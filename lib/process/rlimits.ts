import { addon } from '../native/addon.js';
import { describeRlimitFailure, readLimitFor, readResource, UNLIMITED } from '../options/rlimits.js';
import type { Rlimit, Rlimits, RlimitValue } from '../types.js';
import { invalidType, outOfRange, unsupportedPlatform } from '../util/errors.js';

/** A limit as it is. A value is a bigint where a number would not be exact. */
export interface CurrentRlimit {
  readonly soft: RlimitValue;
  readonly hard: RlimitValue;
}

/**
 * A limit of this process, or of another one: prlimit(2). For another user's process it needs CAP_SYS_RESOURCE
 * (`EPERM`); one that is gone is `ESRCH`.
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
 * Changes a limit of this process, or of another one that runs, and returns what it was. `value` is as in the option
 * `rlimits`. What a process has or has used already is not taken from it.
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
  EPERM: 'CAP_SYS_RESOURCE is missing, or the same user for process',
};

function read(pid: number, resource: number): BigUint64Array {
  try {
    return addon().prlimit(pid, resource);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const why = REASONS[code];
    if (why !== undefined) Object.assign(error as Error, { message: `prlimit ${code}: ${why} ${pid}` });
    throw error;
  }
}

const HIGHEST_PID: number = 2 ** 31 - 1;

/** 0: this process. Not meant by `undefined`, which is the pid of a child that could not be started. */
function readPid(target: readonly unknown[]): number {
  if (target.length === 0) return 0;
  const [pid] = target;
  if (typeof pid !== 'number') throw invalidType('pid', 'of type number', pid);
  if (!Number.isInteger(pid) || pid < 1 || pid > HIGHEST_PID) {
    throw outOfRange('pid', `an integer >= 1 && <= ${HIGHEST_PID}`, pid);
  }
  return pid;
}

function assertLinux(feature: string): void {
  if (process.platform !== 'linux') throw unsupportedPlatform(feature);
}

function toRlimit([soft = 0n, hard = 0n]: BigUint64Array): CurrentRlimit {
  return { soft: toValue(soft), hard: toValue(hard) };
}

function toValue(value: bigint): RlimitValue {
  if (value === UNLIMITED) return 'unlimited';
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}
