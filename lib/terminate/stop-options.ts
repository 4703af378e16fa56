import { invalidType, invalidValue, outOfRange, unknownSignal } from '../util/errors.js';
import { isSignal, signalNumber } from '../util/signals.js';
import { isPlainObject } from '../util/validators.js';

/** Options of `child.stop()`. Unknown names are an error. */
export interface StopOptions {
  /**
   * Signal that asks the child to end. SIGCONT follows it, since a stopped process can't handle it.
   *
   * @default 'SIGTERM'
   */
  readonly killSignal?: NodeJS.Signals | number | undefined;
  /**
   * Milliseconds until SIGKILL, from 0 to 2,147,483,647.
   *
   * @default 5000
   */
  readonly grace?: number | undefined;
  /** SIGKILL is sent at once when this signal aborts. */
  readonly signal?: AbortSignal | undefined;
}

export interface StopOrder {
  readonly killSignal: number;
  readonly grace: number;
  readonly signal: AbortSignal | undefined;
}

const DEFAULT_GRACE = 5000;
/** Longest time of a timer. */
const LONGEST: number = 2 ** 31 - 1;
const NAMES: readonly string[] = ['killSignal', 'grace', 'signal'] satisfies (keyof StopOptions)[];

/** Reads each option once, and throws if one is wrong. */
export function readStopOptions(options: unknown = {}): StopOrder {
  if (!isPlainObject(options)) throw invalidType('options', 'a plain object', options);
  for (const [name, value] of Object.entries(options)) {
    if (!NAMES.includes(name)) throw invalidValue(`options.${name}`, value, 'is not an option of stop()');
  }
  const { killSignal, grace, signal }: Readonly<Record<string, unknown>> = { ...options };
  return {
    killSignal: readKillSignal(killSignal),
    grace: readMilliseconds('options.grace', grace) ?? DEFAULT_GRACE,
    signal: readAbortSignal(signal),
  };
}

function readKillSignal(signal: unknown = 'SIGTERM'): number {
  if (typeof signal !== 'string' && typeof signal !== 'number') {
    throw invalidType('options.killSignal', 'of type string or number', signal);
  }
  if (!isSignal(signal)) throw unknownSignal(signal);
  return signalNumber(signal as NodeJS.Signals);
}

function readMilliseconds(name: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'number') throw invalidType(name, 'of type number', value);
  if (!(value >= 0 && value <= LONGEST)) throw outOfRange(name, `>= 0 && <= ${LONGEST}`, value);
  return value;
}

function readAbortSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw invalidType('options.signal', 'an instance of AbortSignal', signal);
}
