import type { SpawnError } from './errors.js';
import { native, RESULT_DETAIL, RESULT_ERROR, RESULT_SIGNAL, RESULT_STEP } from './native.js';
import { explainRefusal, resourceName } from './rlimits.js';
import { signalName } from './signals.js';

/** Why a program was not started. */
export interface Failure {
  /** Negative. */
  readonly errno: number;
  readonly step: string;
  /** The signal that killed the child before exec, or ''. */
  readonly signal: NodeJS.Signals | '';
  /** For what `child_process` has no words, since it doesn't do it. */
  readonly explanation: string | undefined;
}

const UNSEALED =
  "the descriptors that it must not have can't be closed for certain, " +
  'since close_range(2) (Linux 5.9) and /proc are both missing or forbidden';

/** Of what was refused before the launch, or could not be given to Node after it. */
export function stdioFailure(errno: number): Failure {
  return { errno, step: 'stdio', signal: '', explanation: undefined };
}

export function readFailure(result: Int32Array, rlimits: BigUint64Array | undefined): Failure {
  const errno = result[RESULT_ERROR] ?? 0;
  const detail = result[RESULT_DETAIL] ?? 0;
  const number = result[RESULT_SIGNAL] ?? 0;
  const kind = native().steps[result[RESULT_STEP] ?? 0] ?? '';
  const step = kind === 'rlimit' ? `rlimit ${resourceName(detail)}` : kind;
  if (number === 0) return { errno, step, signal: '', explanation: explain(kind, detail, rlimits) };
  const signal = signalName(number);
  const killed = `killed by ${signal || `signal ${number}`} before it could exec, at step ${step}`;
  return { errno, step, signal, explanation: killed };
}

/** Adds to Node's error what it doesn't know. */
export function describe(error: SpawnError, failure: Failure, file: string): void {
  const { step, signal, explanation } = failure;
  error.step = step;
  if (signal !== '') error.signal = signal;
  if (explanation !== undefined) error.message = `spawn ${file} ${error.code}: ${explanation}`;
}

function explain(kind: string, detail: number, rlimits: BigUint64Array | undefined): string | undefined {
  switch (kind) {
    case 'seal':
      return UNSEALED;
    case 'rlimit':
      return explainRefusal(detail, rlimits);
    case 'signals':
    case 'session':
    case 'unmask':
      return `at step ${kind}`;
    default:
      return undefined;
  }
}
