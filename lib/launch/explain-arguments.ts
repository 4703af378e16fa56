import { addon } from '../native/addon.js';
import type { SpawnRequest } from '../node/spawn-request.js';
import type { LaunchConfig } from '../options/launch-config.js';
import { resourceNumber } from '../options/rlimits.js';
import { copyList } from '../util/lists.js';
import { show } from './explain-path.js';

/** The kernel refuses longer strings on machines with pages of 4 KiB (MAX_ARG_STRLEN). */
const MOST_BYTES = 131_071;

/** Strings and pointers take a quarter of the soft limit on the stack, but not more or less than this (execve(2)). */
const MOST_IN_ALL = 6_291_456n;
const LEAST_IN_ALL = 131_072n;

const POINTER = 8;

/** Explains why execve(2) found the arguments and the environment too long. */
export function whyTooLong({ rlimits }: LaunchConfig, request: SpawnRequest): string {
  const args = copyList(request.args ?? []).map(String);
  const environment = copyList(request.envPairs ?? []).map(String);
  const file = show(request.file);
  return describeLongest(args, environment, file) ?? describeSum([...args, ...environment], file, rlimits);
}

function describeLongest(args: string[], environment: string[], file: string): string | undefined {
  const isTooLong = (text: string) => Buffer.byteLength(text) > MOST_BYTES;
  const describe = (what: string, text: string) =>
    `${what} of ${file} has ${Buffer.byteLength(text)} bytes; the kernel accepts ${MOST_BYTES}`;
  const index = args.findIndex(isTooLong);
  if (index >= 0) return describe(`argument ${index}`, args[index] ?? '');
  const variable = environment.find(isTooLong);
  if (variable === undefined) return undefined;
  return describe(`environment variable ${show(variable.split('=', 1)[0] ?? '')}`, variable);
}

function describeSum(texts: readonly string[], file: string, rlimits: LaunchConfig['rlimits']): string {
  const requested = rlimits?.get('stack')?.soft;
  const soft = requested ?? ownSoftLimit('stack');
  const limit = requested === undefined ? `RLIMIT_STACK ${soft}` : `rlimit stack ${soft}`;
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 1 + POINTER, 0);
  const needed = `arguments and environment of ${file} need ${bytes} bytes, and the kernel takes`;
  if (soft / 4n >= MOST_IN_ALL) return `${needed} at most ${MOST_IN_ALL}`;
  if (soft / 4n >= LEAST_IN_ALL) return `${needed} ${soft / 4n}, a quarter of ${limit}`;
  return `${needed} no more than ${soft < LEAST_IN_ALL ? soft : LEAST_IN_ALL} with ${limit}`;
}

/** The soft limit of this process, which a child inherits. */
export function ownSoftLimit(resource: 'nofile' | 'nproc' | 'stack'): bigint {
  const [soft = 0n] = addon().prlimit(0, resourceNumber(resource));
  return soft;
}
