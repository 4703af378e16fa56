import { readFileSync } from 'node:fs';
import type { Rlimits } from '../types.js';
import { invalidType, invalidValue, outOfRange } from '../util/errors.js';
import { nullPrototype } from '../util/objects.js';
import { isPlainObject } from '../util/validators.js';
import type { LaunchConfig, RequestedLimit } from './launch-config.js';

/** Resources, each at its number on x64 and arm64. Their limits have the same order in /proc/PID/limits. */
export const RESOURCES: readonly (keyof Rlimits)[] = [
  'cpu',
  'fsize',
  'data',
  'stack',
  'core',
  'rss',
  'nproc',
  'nofile',
  'memlock',
  'as',
  'locks',
  'sigpending',
  'msgqueue',
  'nice',
  'rtprio',
  'rttime',
];

const NO_RESOURCE: string = `is not a resource (${RESOURCES.join(', ')})`;

export const UNLIMITED: bigint = 2n ** 64n - 1n;
const VALUE_TYPES = "of type number or bigint, or 'unlimited'";
const BOTH_TYPES = "of type number or bigint, a plain object, or 'unlimited' or 'inherit'";

export interface Limit {
  readonly soft: bigint;
  readonly hard: bigint;
}

/** Reads the `rlimits` option. */
export function readRlimits(rlimits: unknown): NonNullable<LaunchConfig['rlimits']> {
  if (!isPlainObject(rlimits)) throw invalidType('options.rlimits', 'a plain object', rlimits);
  const limits = new Map<keyof Rlimits, RequestedLimit>();
  const given = nullPrototype<Record<string, unknown>>({}, rlimits);
  for (const name in given) {
    const setting = given[name];
    const option = `options.rlimits.${name}`;
    if (!isResource(name)) throw invalidValue(option, setting, NO_RESOURCE);
    limits.set(name, readLimitFor(name, option, setting));
  }
  return limits;
}

/** Reads the limit of a resource. Errors use `name` for the option or argument. */
export function readLimitFor(resource: keyof Rlimits, name: string, setting: unknown): RequestedLimit {
  const requireRange = resource === 'nofile' ? requireBelowMaximum : requireUint64;
  if (setting === undefined || setting === 'inherit') return { soft: undefined, hard: undefined };
  if (isPlainObject(setting)) return readHalves(name, setting, requireRange);
  const both = readValue(name, setting, BOTH_TYPES, requireRange);
  return { soft: both, hard: both };
}

/** Returns the number of a resource that was passed as the argument `name`. */
export function readResource(name: string, resource: unknown): number {
  if (typeof resource !== 'string') throw invalidType(name, 'of type string', resource);
  if (!isResource(resource)) throw invalidValue(name, resource, NO_RESOURCE);
  return resourceNumber(resource);
}

function isResource(name: string): name is keyof Rlimits {
  return RESOURCES.includes(name as keyof Rlimits);
}

export function resourceNumber(resource: keyof Rlimits): number {
  return RESOURCES.indexOf(resource);
}

export function resourceName(resource: number): string {
  return RESOURCES[resource] ?? String(resource);
}

/** Explains why the kernel may have refused a limit. `resource` is the number that the addon reports. */
export function rlimitFailureMessage(resource: number, limits: LaunchConfig['rlimits']): string {
  const name = resourceName(resource);
  const requested = limits?.get(name as keyof Rlimits);
  const current = readLimit(resource);
  return requested && current ? describeRlimitFailure(name, requested, current) : `rlimit ${name}`;
}

export function describeRlimitFailure(resource: string, requested: RequestedLimit, current: Limit): string {
  const name = `rlimit ${resource}`;
  const { soft, hard } = requested;
  if (hard !== undefined && hard > current.hard) {
    return `${name} hard ${formatLimit(hard)} exceeds the hard limit ${formatLimit(current.hard)} and CAP_SYS_RESOURCE is missing`;
  }
  if (hard === undefined && soft !== undefined && soft > current.hard) {
    return `${name} soft ${formatLimit(soft)} exceeds the hard limit ${formatLimit(current.hard)}, which is kept`;
  }
  if (soft === undefined && hard !== undefined && hard < current.soft) {
    return `${name} hard ${formatLimit(hard)} is below the soft limit ${formatLimit(current.soft)}, which is kept`;
  }
  return name;
}

/** Returns the requested soft limit as text, or undefined if none was requested. */
export function requestedSoftLimit(
  resource: keyof Rlimits,
  limits: LaunchConfig['rlimits'],
): string | undefined {
  const soft = limits?.get(resource)?.soft;
  return soft === undefined ? undefined : formatLimit(soft);
}

type RangeCheck = (name: string, value: bigint, received: unknown) => void;

function readHalves(name: string, setting: object, requireRange: RangeCheck): RequestedLimit {
  const {
    soft: softSetting,
    hard: hardSetting,
    ...others
  } = nullPrototype<Record<string, unknown>>({}, setting);
  for (const other of Object.keys(others)) {
    throw invalidValue(`${name}.${other}`, others[other], "is neither 'soft' nor 'hard'");
  }
  const readHalf = (half: string, received: unknown) =>
    received === undefined ? undefined : readValue(`${name}.${half}`, received, VALUE_TYPES, requireRange);
  const soft = readHalf('soft', softSetting);
  const hard = readHalf('hard', hardSetting);
  if (soft !== undefined && hard !== undefined && soft > hard) {
    throw outOfRange(`${name}.soft`, `<= ${name}.hard (${formatLimit(hard)})`, softSetting);
  }
  return { soft, hard };
}

function readValue(name: string, received: unknown, types: string, requireRange: RangeCheck): bigint {
  const value = toBigint(name, received, types);
  requireRange(name, value, received);
  return value;
}

function toBigint(name: string, value: unknown, types: string): bigint {
  if (value === 'unlimited') return UNLIMITED;
  if (typeof value === 'bigint') return value;
  if (typeof value === 'string') throw invalidValue(name, value, `must be ${types}`);
  if (typeof value !== 'number') throw invalidType(name, types, value);
  if (!Number.isSafeInteger(value)) throw outOfRange(name, "a safe integer, a bigint or 'unlimited'", value);
  return BigInt(value);
}

function requireUint64(name: string, value: bigint, received: unknown): void {
  if (value < 0n || value > UNLIMITED) throw outOfRange(name, `>= 0 && <= ${UNLIMITED}`, received);
}

/** Rejects a value above fs.nr_open. The kernel would fail with EPERM, even for root, which suggests a missing capability. */
function requireBelowMaximum(name: string, value: bigint, received: unknown): void {
  requireUint64(name, value, received);
  if (maximum !== undefined && value <= maximum) return;
  maximum = readMaximum();
  if (maximum !== undefined && value > maximum)
    throw outOfRange(name, `<= ${maximum} (fs.nr_open)`, received);
}

/** The last known fs.nr_open. It is read again before a value is rejected, since it can be raised. */
let maximum: bigint | undefined;

function readMaximum(): bigint | undefined {
  const text = readText('/proc/sys/fs/nr_open');
  return text === undefined ? undefined : BigInt(text.trim());
}

/** Reads a limit of this process: the first two words after the name, which takes 26 columns. */
function readLimit(resource: number): Limit | undefined {
  const line = readText('/proc/self/limits')?.split('\n')[resource + 1];
  const [soft, hard] = line?.slice(26).trim().split(/\s+/) ?? [];
  return soft === undefined || hard === undefined
    ? undefined
    : { soft: parseLimit(soft), hard: parseLimit(hard) };
}

function parseLimit(text: string): bigint {
  return text === 'unlimited' ? UNLIMITED : BigInt(text);
}

function formatLimit(value: bigint): string {
  return value === UNLIMITED ? 'unlimited' : String(value);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
