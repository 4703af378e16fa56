import { constants } from 'node:os';

const NAMES = new Map<number, NodeJS.Signals>();

// Some numbers have two names. Node reports the first one.
for (const [name, number] of Object.entries(constants.signals)) {
  if (!NAMES.has(number)) NAMES.set(number, name as NodeJS.Signals);
}

/** Sends a signal to a process, or to a group by its negative number. Returns 0 or a negative errno. */
export function sendSignal(target: number, signal: number): number {
  try {
    process.kill(target, signal);
    return 0;
  } catch (error) {
    return (error as NodeJS.ErrnoException).errno ?? -constants.errno.EINVAL;
  }
}

/** Returns the name of a signal, or '' for 0 and for real-time signals (32 to 64), for which Node has no names. */
export function signalName(signal: number): NodeJS.Signals | '' {
  return NAMES.get(signal) ?? '';
}

/** Returns whether ChildProcess.prototype.kill() accepts a signal. Names may be in lower case. */
export function isSignal(signal: unknown): boolean {
  if (typeof signal === 'number') return NAMES.has(signal);
  return typeof signal === 'string' && Object.hasOwn(constants.signals, signal.toUpperCase());
}

/** Returns a hint for the message about an invalid signal, such as `KILL`, which lacks only the prefix. */
export function hintAtSignal(signal: unknown): string {
  const name = `SIG${String(signal).toUpperCase()}`;
  return typeof signal === 'string' && isSignal(name) ? ` (did you mean '${name}'?)` : '';
}

/** Returns the number of a signal that isSignal() accepts. */
export function signalNumber(signal: NodeJS.Signals | number): number {
  return typeof signal === 'number' ? signal : constants.signals[signal.toUpperCase() as NodeJS.Signals];
}

/**
 * Returns what Node passes to `child.kill()`: the number of the signal, or undefined for its default. A program may have
 * replaced `kill`, and its replacement expects that.
 */
export function killArgument(killSignal: unknown): number | undefined {
  return killSignal === undefined || killSignal === null
    ? undefined
    : signalNumber(killSignal as NodeJS.Signals);
}
