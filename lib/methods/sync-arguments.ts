import { throwNodeErrorForSpawnSync } from '../node/argument-errors.js';
import type { SpawnRequest } from '../node/spawn-request.js';
import type { LaunchConfig } from '../options/launch-config.js';
import { COMMON_VALIDATORS, normalizeArguments, type Validation } from '../options/spawn-arguments.js';
import { incompatibleNode } from '../util/errors.js';
import { nullPrototype } from '../util/objects.js';
import { signalNumber } from '../util/signals.js';
import { isAbsentOr, isInput, isNonNegativeNumber } from '../util/validators.js';
import { MAX_BUFFER } from './exec-arguments.js';
import { readSyncStdio } from './sync-stdio.js';

/** A program to run, with what it reads and how far it may go. */
export interface SyncRun {
  readonly request: SpawnRequest;
  readonly config: LaunchConfig;
  readonly input: NodeJS.ArrayBufferView | undefined;
  readonly encoding: BufferEncoding | 'buffer' | null | undefined;
  readonly limits: SyncLimits;
}

export interface SyncLimits {
  /** Milliseconds; 0: for ever. */
  readonly timeout: number;
  /** Bytes; 0: any number. */
  readonly maxBuffer: number;
  readonly killSignal: number;
}

interface Given {
  stdio?: unknown;
  input?: unknown;
  encoding?: SyncRun['encoding'];
  maxBuffer?: number | null;
  timeout?: number | null;
  killSignal?: NodeJS.Signals | number | null;
}

/** Those of `spawn`, but for `signal`, which means nothing here. */
const SPAWN_SYNC_VALIDATION: Validation = {
  validators: new Map([...COMMON_VALIDATORS, ['maxBuffer', isAbsentOr(isNonNegativeNumber)]]),
  throwNodeError: throwNodeErrorForSpawnSync,
};

export function normalizeSyncArguments(file: unknown, args: unknown, options: unknown): SyncRun {
  const { options: normalized, config } = normalizeArguments(file, args, options, SPAWN_SYNC_VALIDATION);
  const given = normalized as Given & typeof normalized;
  const stdio = readSyncStdio(given.stdio || 'pipe');
  if (stdio === undefined || !isInput(given.input)) {
    throwNodeErrorForSpawnSync(file, args, given);
    throw incompatibleNode('child_process.spawnSync() takes stdio that is not known');
  }
  return {
    request: nullPrototype<object>(given, { stdio }) as SpawnRequest,
    config,
    input: readInput(given),
    encoding: given.encoding,
    limits: readLimits(given),
  };
}

function readInput({ input, encoding }: Given): NodeJS.ArrayBufferView | undefined {
  if (!input) return undefined;
  return typeof input === 'string'
    ? Buffer.from(input, encoding as BufferEncoding)
    : (input as NodeJS.ArrayBufferView);
}

/** What is given but undefined is not replaced by the default. */
function readLimits(given: Given): SyncLimits {
  const maxBuffer = 'maxBuffer' in given ? (given.maxBuffer ?? 0) : MAX_BUFFER;
  return {
    timeout: given.timeout ?? 0,
    maxBuffer,
    killSignal: signalNumber(given.killSignal ?? 'SIGTERM'),
  };
}
