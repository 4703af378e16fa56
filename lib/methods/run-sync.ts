import { encodeRequest } from '../launch/encode-request.js';
import {
  annotateError,
  explainFailure,
  type FailedLaunch,
  failedStdio,
  readFailure,
} from '../launch/launch-error.js';
import { readStdio, refusalOf } from '../launch/stdio.js';
import { addon } from '../native/addon.js';
import { NO_OUTPUT } from '../node/versions.js';
import {
  addExitStatus,
  type ExitStatus,
  exitStatus,
  type SafeSpawnSyncReturns,
} from '../terminate/exit-status.js';
import { type SpawnError, systemError } from '../util/errors.js';
import { signalName } from '../util/signals.js';
import type { SyncRun } from './sync-arguments.js';

type Result = SafeSpawnSyncReturns<string | Buffer>;
type Output = (string | Buffer | null)[];

/** Starts a program and blocks until it has exited and its output has ended. */
export function runToEnd(run: SyncRun): Result {
  const { request, config, input, limits } = run;
  const stdio = readStdio(request.stdio, config.pipes === 'pipe');
  const { strings, header, rlimits, attributes, cgroup } = encodeRequest(request, stdio, config);
  const refused = refusalOf(stdio);
  if (refused !== 0) return notStarted(run, failedStdio(refused));
  const { constants, runSync } = addon();
  const result = new Int32Array(constants.RESULT_LENGTH);
  const output = runSync(
    strings,
    header,
    rlimits,
    attributes,
    cgroup,
    result,
    Float64Array.of(limits.timeout, limits.maxBuffer, limits.killSignal),
    input,
  );
  if (output === undefined) return notStarted(run, readFailure(result));
  return ended(run, result, output);
}

function notStarted(run: SyncRun, failed: FailedLaunch): Result {
  const error = makeError(run, failed.errno);
  annotateError(error, explainFailure(failed, run.request, run.config), run.request.file);
  const nothing = { status: null, signal: null, output: null, pid: 0, stdout: NO_OUTPUT, stderr: NO_OUTPUT };
  return addExitStatus({ error, ...nothing }, undefined) as unknown as Result;
}

/** Returns the result of a child that has ended. The fields have Node's order. */
function ended(run: SyncRun, result: Int32Array, written: Output): Result {
  const { constants } = addon();
  const errno = result[constants.RESULT_RUN_ERROR] ?? 0;
  const signal = result[constants.RESULT_EXIT_SIGNAL] ?? 0;
  const hasCode = signal === 0 && result[constants.RESULT_LOST] === 0;
  const output = decode(written, run.encoding);
  const fields = {
    status: hasCode ? result[constants.RESULT_EXIT_CODE] : null,
    signal: signal === 0 ? null : signalName(signal),
    output,
    pid: result[constants.RESULT_PID],
    stdout: output[1],
    stderr: output[2],
  };
  const shown = errno === 0 ? fields : { error: makeError(run, errno), ...fields };
  return addExitStatus(shown, readExitStatus(result)) as unknown as Result;
}

function readExitStatus(result: Int32Array): ExitStatus {
  const { RESULT_CORE_DUMPED, RESULT_EXIT_CODE, RESULT_EXIT_SIGNAL, RESULT_LOST } = addon().constants;
  const [code = 0, signal = 0] = [result[RESULT_EXIT_CODE], result[RESULT_EXIT_SIGNAL]];
  return exitStatus(code, signal, result[RESULT_CORE_DUMPED] === 1, result[RESULT_LOST] === 1);
}

function decode(output: Output, encoding: SyncRun['encoding']): Output {
  if (!encoding || encoding === 'buffer') return output;
  return output.map((bytes) => (bytes ? bytes.toString(encoding) : bytes));
}

function makeError({ request: { file, args = [] } }: SyncRun, errno: number): SpawnError {
  return Object.assign(systemError(errno, `spawnSync ${file}`), {
    path: file,
    spawnargs: args.slice(1) as string[],
  });
}
