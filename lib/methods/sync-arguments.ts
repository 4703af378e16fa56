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

/** A program to run, with its input and its limits. */
export interface SyncRun {
  readonly request: SpawnRequest;
  readonly config: LaunchConfig;
  readonly input: NodeJS.ArrayBufferView | undefined;
  readonly encoding: BufferEncoding | 'buffer' | null | undefined;
  readonly limits: SyncLimits;
}

export interface SyncLimits {
  /** Milliseconds; 0 is no limit. */
  readonly timeout: number;
  /** Bytes; 0 is no limit. */
  readonly maxBuffer: number;
  readonly killSignal: number;
}

interface Options {
  stdio?: unknown;
  input?: unknown;
  encoding?: SyncRun['encoding'];
  maxBuffer?: number | null;
  timeout?: number | null;
  killSignal?: NodeJS.Signals | number | null;
}

/** The validators of `spawn`, except the one of `signal`, which has no meaning here. */
const SPAWN_SYNC_VALIDATION: Validation = {
  validators: new Map([...COMMON_VALIDATORS, ['maxBuffer', isAbsentOr(isNonNegativeNumber)]]),
  throwNodeError: throwNodeErrorForSpawnSync,
};

export function normalizeSyncArguments(file: unknown, args: unknown, options: unknown): SyncRun {
  const { options: normalized, config } = normalizeArguments(file, args, options, SPAWN_SYNC_VALIDATION);
  const all = normalized as Options & typeof normalized;
  const stdio = readSyncStdio(all.stdio || 'pipe');
  if (stdio === undefined || !isInput(all.input)) {
    throwNodeErrorForSpawnSync(file, args, all);
    throw incompatibleNode('child_process.spawnSync() accepts an unknown form of stdio');
  }
  return {
    request: nullPrototype<object>(all, { stdio }) as SpawnRequest,
    config,
    input: readInput(all),
    encoding: all.encoding,
    limits: readLimits(all),
  };
}

function readInput({ input, encoding }: Options): NodeJS.ArrayBufferView | undefined {
  if (!input) return undefined;
  return typeof input === 'string'
    ? Buffer.from(input, encoding as BufferEncoding)
    : (input as NodeJS.ArrayBufferView);
}

/** Reads the limits. As in Node, a `maxBuffer` that is present but undefined does not get the default: it is no limit. */
function readLimits(options: Options): SyncLimits {
  const maxBuffer = 'maxBuffer' in options ? (options.maxBuffer ?? 0) : MAX_BUFFER;
  return {
    timeout: options.timeout ?? 0,
    maxBuffer,
    killSignal: signalNumber(options.killSignal ?? 'SIGTERM'),
  };
}
