import type { LaunchStep, SpawnError } from './errors.js';
import { explain } from './explain.js';
import { native, RESULT_DETAIL, RESULT_ERROR, RESULT_SIGNAL, RESULT_STEP } from './native.js';
import type { Launch } from './plan.js';
import { resourceName } from './rlimits.js';
import { signalName } from './signals.js';

/** Why a program was not started. */
export interface Failure {
  /** Negative. */
  readonly errno: number;
  readonly step: LaunchStep;
  /** The signal that killed the child before exec, or ''. */
  readonly signal: NodeJS.Signals | '';
  /** For what `child_process` has no words, since it doesn't do it. */
  readonly explanation: string | undefined;
}

/** Of what was refused before the launch, or could not be given to Node after it. */
export function stdioFailure(errno: number): Failure {
  return { errno, step: 'stdio', signal: '', explanation: undefined };
}

export function readFailure(result: Int32Array, launch: Launch): Failure {
  const errno = result[RESULT_ERROR] ?? 0;
  const detail = result[RESULT_DETAIL] ?? 0;
  const number = result[RESULT_SIGNAL] ?? 0;
  const kind = native().steps[result[RESULT_STEP] ?? 0] ?? '';
  const step = (kind === 'rlimit' ? `rlimit ${resourceName(detail)}` : kind) as LaunchStep;
  if (number === 0)
    return { errno, step, signal: '', explanation: explain({ step: kind, errno, detail }, launch) };
  const signal = signalName(number);
  const killed = `killed by ${signal || `signal ${number}`} before it could exec, at step ${step}`;
  return { errno, step, signal, explanation: killed };
}

/** Adds to Node's error what it doesn't know. */
export function describe(error: SpawnError, failure: Failure, file: string): void {
  const { step, signal, explanation } = failure;
  error.step = step;
  if (signal !== '') error.signal = signal;
  // What Node throws has a syscall without the file.
  const call = error.syscall === 'spawn' ? `spawn ${file}` : error.syscall;
  if (explanation !== undefined) error.message = `${call} ${error.code}: ${explanation}`;
}
