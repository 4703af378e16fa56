import { constants } from 'node:os';

const NAMES = new Map<number, NodeJS.Signals>();

// Some numbers have two names: the first is the one that Node reports.
for (const [name, number] of Object.entries(constants.signals)) {
  if (!NAMES.has(number)) NAMES.set(number, name as NodeJS.Signals);
}

/** '' for 0 and for real-time signals (32 to 64), which Node has no names for. */
export function signalName(signal: number): NodeJS.Signals | '' {
  return NAMES.get(signal) ?? '';
}

/** What ChildProcess.prototype.kill takes. Names may be in lower case. */
export function isSignal(signal: unknown): boolean {
  if (typeof signal === 'number') return NAMES.has(signal);
  return typeof signal === 'string' && Object.hasOwn(constants.signals, signal.toUpperCase());
}

/** For the message about something that isSignal() refuses: `KILL` lacks only its beginning. */
export function hintAtSignal(signal: unknown): string {
  const name = `SIG${String(signal).toUpperCase()}`;
  return typeof signal === 'string' && isSignal(name) ? ` (did you mean '${name}'?)` : '';
}

/** Of one that isSignal() accepts. */
export function signalNumber(signal: NodeJS.Signals | number): number {
  return typeof signal === 'number' ? signal : constants.signals[signal.toUpperCase() as NodeJS.Signals];
}

/** What Node gives to `child.kill()`, in whose place a program may have put its own: never a name. */
export function killArgument(killSignal: unknown): number | undefined {
  return killSignal === undefined || killSignal === null
    ? undefined
    : signalNumber(killSignal as NodeJS.Signals);
}
