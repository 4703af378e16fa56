import { throwNodeErrorForExec, throwNodeErrorForExecFile } from '../node/argument-errors.js';
import type { LaunchOptions } from '../types.js';
import { copyList } from '../util/lists.js';
import { nullPrototype } from '../util/objects.js';
import { isAbsentOr, isFunction, isRecord, isStringWithoutNul } from '../util/validators.js';

type Options = LaunchOptions & Readonly<Record<string, unknown>>;

export interface ExecFileArguments {
  readonly args: readonly unknown[];
  readonly options: Options;
  /** The options as they were given, for a function that has its own look at them. */
  readonly rawOptions: unknown;
  readonly callback: unknown;
}

/** Makes of the arguments of `exec` and `execSync` what `execFile` takes. */
export function readExecArguments(
  command: unknown,
  options: unknown,
  callback?: unknown,
): Pick<ExecFileArguments, 'options' | 'callback'> {
  if (!isStringWithoutNul(command)) throwNodeErrorForExec(command);
  const callbackIsSecond = typeof options === 'function';
  const given = nullPrototype<Record<string, unknown>>(
    {},
    callbackIsSecond ? undefined : (options as object),
  );
  given['shell'] = typeof given['shell'] === 'string' ? given['shell'] : true;
  return { options: given, callback: callbackIsSecond ? options : callback };
}

/** Sorts the arguments of `execFile` and `execFileSync`, of which any but the first may be left out. */
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
  // Node looks at `argv0` before it copies the options, which leaves out what they inherit.
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

/** The most that a child may write, by default, to stdout and to stderr. */
export const MAX_BUFFER: number = 1024 * 1024;
