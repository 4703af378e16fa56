import type { StdioOptions } from 'node:child_process';
import { finished } from 'node:stream/promises';
import { type SafeChildProcess, safeSpawn } from 'safe-spawn';
import type { ProgramConfig } from './config.ts';
import { RotatingLog } from './log.ts';
import { printable } from './printable.ts';

const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 60_000;
/** So long is output read of what a program has left running. Then its pipes are closed. */
const LAST_OUTPUT_MS = 2000;

/** As supervisord names them. */
export type State = 'STOPPED' | 'STARTING' | 'RUNNING' | 'BACKOFF' | 'STOPPING' | 'EXITED' | 'FATAL';

export interface Status {
  name: string;
  state: State;
  pid: number | undefined;
  /** How often it was started. */
  starts: number;
  /** How it last ended, or why it could not be started. */
  end: string | undefined;
  /** Bytes of its output that could not be written to its log. */
  lost: number;
}

/** One program, and its child while there is one. */
export class Program {
  readonly config: ProgramConfig;
  readonly #log: RotatingLog | undefined;
  #state: State = 'STOPPED';
  #child: SafeChildProcess | undefined;
  #gone: Promise<void> = Promise.resolve();
  #drained: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #starts = 0;
  #failures = 0;
  #end: string | undefined;

  constructor(config: ProgramConfig) {
    this.config = config;
    this.#log = config.log && new RotatingLog(config.log);
  }

  status(): Status {
    const { name } = this.config;
    const lost = this.#log?.lost ?? 0;
    return { name, state: this.#state, pid: this.#child?.pid, starts: this.#starts, end: this.#end, lost };
  }

  start(): void {
    if (this.#child) return;
    clearTimeout(this.#timer);
    this.#failures = 0;
    this.#launch();
  }

  /** Resolves when it has ended. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    if (!this.#child) return this.#become('STOPPED');
    this.#become('STOPPING');
    this.#signal(this.config.stopSignal);
    this.#timer = setTimeout(() => this.#signal('SIGKILL'), this.config.stopWaitSecs * 1000);
    await this.#gone;
  }

  /** After `stop()`, for good. The last words of the program are in its log when it resolves. */
  async close(): Promise<void> {
    await this.#drained;
    if (this.#log) await finished(this.#log.end());
  }

  #launch(): void {
    this.#starts += 1;
    this.#become('STARTING');
    try {
      this.#run();
    } catch (error) {
      this.#ended((error as Error).message);
    }
  }

  #run(): void {
    this.#child = this.#spawn();
    this.#gone = this.#watch(this.#child);
    this.#drained = drain(this.#child);
    if (this.config.startSecs === 0) this.#started();
    else this.#timer = setTimeout(() => this.#started(), this.config.startSecs * 1000);
  }

  /** Real pipes, so that programs can open /dev/stdout. They have no reader but this process: see README.md. */
  #spawn(): SafeChildProcess {
    const [file = '', ...args] = this.config.command;
    const output = this.#log ? 'pipe' : 'ignore';
    const stdio: StdioOptions = ['ignore', output, output];
    const child = safeSpawn(file, args, { ...this.config.launch, stdio, pipes: 'pipe' });
    for (const stream of [child.stdout, child.stderr]) {
      if (this.#log) stream?.pipe(this.#log, { end: false });
    }
    return child;
  }

  #watch(child: SafeChildProcess): Promise<void> {
    return new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(this.#ended(signal ?? `exit status ${code}`, code)));
      child.on('error', (error) => {
        if (child.pid === undefined) resolve(this.#ended(error.message));
        else console.error(printable(`${this.config.name}: ${error.message}`));
      });
    });
  }

  #started(): void {
    this.#failures = 0;
    this.#become('RUNNING');
  }

  #ended(how: string, code: number | null = null): void {
    clearTimeout(this.#timer);
    this.#child = undefined;
    this.#end = how;
    if (this.#state === 'STOPPING') this.#become('STOPPED');
    else if (this.#state === 'RUNNING') this.#exited(code);
    else this.#failed();
  }

  #exited(code: number | null): void {
    const { autorestart, exitCodes } = this.config;
    this.#become('EXITED');
    const isExpected = code !== null && exitCodes.includes(code);
    if (autorestart === true || (autorestart === 'unexpected' && !isExpected)) this.#launchLater();
  }

  #failed(): void {
    const isHopeless = this.#failures >= this.config.startRetries;
    this.#become(isHopeless ? 'FATAL' : 'BACKOFF');
    if (!isHopeless) this.#launchLater();
    this.#failures += 1;
  }

  /** Twice as long each time, and never at once: a program that dies as soon as it runs would take a whole core. */
  #launchLater(): void {
    const pause = Math.min(SHORTEST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#timer = setTimeout(() => this.#launch(), pause);
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.config.stopAsGroup) this.#child?.killTree(signal);
    else this.#child?.kill(signal);
  }

  #become(state: State): void {
    this.#state = state;
    console.log(printable(`${this.config.name} ${state} ${this.#child?.pid ?? this.#end ?? ''}`.trimEnd()));
  }
}

/** Resolves when no output can come any more. */
function drain(child: SafeChildProcess): Promise<void> {
  let timer: NodeJS.Timeout;
  child.once('exit', () => {
    timer = setTimeout(() => closeOutput(child), LAST_OUTPUT_MS);
  });
  return new Promise((resolve) => {
    child.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function closeOutput({ stdout, stderr }: SafeChildProcess): void {
  for (const stream of [stdout, stderr]) stream?.unpipe().destroy();
}
