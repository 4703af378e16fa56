import { addon } from '../native/addon.js';
import type { SpawnRequest } from '../node/spawn-request.js';
import type { LaunchConfig } from '../options/launch-config.js';
import { resourceName } from '../options/rlimits.js';
import type { LaunchStep, SpawnError } from '../util/errors.js';
import { signalName } from '../util/signals.js';
import { show } from './explain-path.js';
import { type FailedStep, failureMessage } from './failure-message.js';

/** The reason why a program was not started. */
export interface LaunchFailure {
  /** Negative errno. */
  readonly errno: number;
  readonly step: LaunchStep;
  /** The signal that killed the child before exec, or ''. */
  readonly signal: NodeJS.Signals | '';
  readonly message: string | undefined;
}

/** A failed launch, as the addon reports it. */
export interface FailedLaunch extends FailedStep {
  /** The number of the signal that killed the child before exec, or 0. */
  readonly signal: number;
}

/** Describes an entry of stdio that was refused before the launch, or that Node could not open after it. */
export function failedStdio(errno: number): FailedLaunch {
  return { step: 'stdio', errno, resource: 0, signal: 0 };
}

export function readFailure(result: Int32Array): FailedLaunch {
  const { constants, steps } = addon();
  const { RESULT_ERROR, RESULT_RLIMIT_RESOURCE, RESULT_SIGNAL, RESULT_STEP } = constants;
  return {
    step: steps[result[RESULT_STEP] ?? 0] ?? '',
    errno: result[RESULT_ERROR] ?? 0,
    resource: result[RESULT_RLIMIT_RESOURCE] ?? 0,
    signal: result[RESULT_SIGNAL] ?? 0,
  };
}

/** Looks for the reason of a failure. It must run at once, since files and the working directory may change later. */
export function explainFailure(
  failed: FailedLaunch,
  request: SpawnRequest,
  launch: LaunchConfig,
): LaunchFailure {
  const { errno, resource, signal: number } = failed;
  const step = (failed.step === 'rlimit' ? `rlimit ${resourceName(resource)}` : failed.step) as LaunchStep;
  if (number === 0) return { errno, step, signal: '', message: failureMessage(failed, launch, request) };
  const signal = signalName(number);
  const killed = `${signal || `signal ${number}`} killed the child before it executed the program, at step ${step}`;
  return { errno, step, signal, message: killed };
}

/** Steps that Node has too. Their messages begin with Node's text, since programs may look for it. */
const STEPS_OF_NODE: ReadonlySet<string> = new Set(['stdio', 'clone', 'cwd', 'gid', 'uid', 'exec']);

/** Adds the step, the signal and the reason to Node's error. */
export function annotateError(error: SpawnError, failure: LaunchFailure, file: string): void {
  const { step, signal, message } = failure;
  error.step = step;
  if (signal !== '') error.signal = signal;
  if (message === undefined) return;
  // The `syscall` of a thrown error of Node does not name the file.
  const isShort = error.syscall === 'spawn' && !(STEPS_OF_NODE.has(step) && signal === '');
  error.message = `${isShort ? `spawn ${show(file)} ${error.code}` : error.message}: ${message}`;
}
