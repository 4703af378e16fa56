import { throwNodeErrorForExec, throwNodeErrorForExecFile } from '../node/argument-errors.js';
import type { LaunchOptions } from '../types.js';
import { copyList } from '../util/lists.js';
import { nullPrototype } from '../util/objects.js';
import { isAbsentOr, isFunction, isRecord, isStringWithoutNul } from '../util/validators.js';

type Options = LaunchOptions & Readonly<Record<string, unknown>>;

export interface ExecFileArguments {
  readonly args: readonly unknown[];
  readonly options: Options;
  /** The options as the caller passed them, for a function that reads them again. */
  readonly rawOptions: unknown;
  readonly callback: unknown;
}

/** Converts the arguments of `exec` and `execSync` to those of `execFile`. */
export function readExecArguments(
  command: unknown,
  options: unknown,
  callback?: unknown,
): Pick<ExecFileArguments, 'options' | 'callback'> {
  if (!isStringWithoutNul(command)) throwNodeErrorForExec(command);
  const callbackIsSecond = typeof options === 'function';
  const copy = nullPrototype<Record<string, unknown>>({}, callbackIsSecond ? undefined : (options as object));
  copy['shell'] = typeof copy['shell'] === 'string' ? copy['shell'] : true;
  return { options: copy, callback: callbackIsSecond ? options : callback };
}

/** Sorts the arguments of `execFile` and `execFileSync`. The caller may omit any but the first. */
export function readExecFileArguments(
  file: unknown,
  second?: unknown,
  third?: unknown,
  fourth?: unknown,
): ExecFileArguments {
  const [args, rawOptions, last] = sort(second, third, fourth);
  const callback = typeof rawOptions === 'function' ? rawOptions : last;
  const areOptions =
    rawOptions === undefined ||
    rawOptions === null ||
    typeof rawOptions === 'function' ||
    isRecord(rawOptions);
  const options: Options = areOptions ? nullPrototype({}, rawOptions) : {};
  if (!areOptions) throwNodeErrorForExecFile(file, args, rawOptions, callback);
  // Node reads `argv0` before it copies the options. The copy has no inherited properties.
  const { argv0 } = isRecord(rawOptions) ? (rawOptions as Options) : options;
  if (!isAbsentOr(isFunction)(callback) || !isAbsentOr(isStringWithoutNul)(argv0)) {
    throwNodeErrorForExecFile(file, args, nullPrototype({}, options, { argv0 }), callback);
  }
  return { args: args as readonly unknown[], options, rawOptions, callback };
}

function sort(second: unknown, third: unknown, fourth: unknown): [unknown, unknown, unknown] {
  if (Array.isArray(second)) return [copyList(second), third, fourth];
  if (typeof second === 'function') return [[], undefined, second];
  if (isRecord(second)) return [[], second, third];
  return [second ?? [], third, fourth];
}

/** Default limit on the bytes that a child may write to stdout, and to stderr. */
export const MAX_BUFFER: number = 1024 * 1024;
