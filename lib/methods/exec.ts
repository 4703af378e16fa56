import type {
  ChildProcess,
  ExecException,
  ExecFileOptions,
  ExecFileOptionsWithBufferEncoding,
  ExecFileOptionsWithStringEncoding,
  ExecOptions,
  ExecOptionsWithBufferEncoding,
  ExecOptionsWithStringEncoding,
  exec,
  execFile,
  execSync,
  PromiseWithChild,
} from 'node:child_process';
import { promisify } from 'node:util';
import type { SafeChildProcess } from '../launch/child-methods.js';
import { refuseMisspelt } from '../options/misspelt.js';
import type { WithExitStatus } from '../terminate/exit-status.js';
import type { WithLaunchOptions } from '../types.js';
import { nullPrototype } from '../util/objects.js';
import { spawnAndCollect } from './collect-output.js';
import { readExecArguments, readExecFileArguments } from './exec-arguments.js';
import { publicFunction } from './public-function.js';

/** What a child has written, where it is not decoded. The class that @types/node has for it depends on their version. */
type Bytes = Exclude<ReturnType<typeof execSync>, string>;

/** Error of a callback, with the exit status of the child. */
type Reported<Failure> = Failure extends Error ? Failure & WithExitStatus : Failure;

type ExecFailure = Reported<ExecException | null>;

/** An error of `execFile`, which has different names in different versions of @types/node. */
type ExecFileFailure = Reported<Parameters<NonNullable<Parameters<typeof execFile>[3]>>[0]>;

type Callback<Failure, Text> = (error: Failure, stdout: Text, stderr: Text) => void;

interface Outputs<Text> {
  stdout: Text;
  stderr: Text;
}

/** A promise of what a child writes, with the child. */
export interface PromiseWithSafeChild<T> extends PromiseWithChild<T> {
  child: SafeChildProcess;
}

type Written<Text> = PromiseWithSafeChild<Outputs<Text>>;

/** Node's own are listed too: an overload that takes exactly what is given is chosen before one that comes earlier. */
type Given<Options> = Options | WithLaunchOptions<Options>;

/** What `exec` can be called with, and the same with launch options. */
export type SafeExec = {
  (command: string, callback?: Callback<ExecFailure, string>): SafeChildProcess;
  (
    command: string,
    options: Given<ExecOptionsWithBufferEncoding>,
    callback?: Callback<ExecFailure, Bytes>,
  ): SafeChildProcess;
  (
    command: string,
    options: Given<ExecOptionsWithStringEncoding>,
    callback?: Callback<ExecFailure, string>,
  ): SafeChildProcess;
  (
    command: string,
    options: Given<ExecOptions> | undefined | null,
    callback?: Callback<ExecFailure, string | Bytes>,
  ): SafeChildProcess;
  readonly __promisify__: {
    (command: string): Written<string>;
    (command: string, options: Given<ExecOptionsWithBufferEncoding>): Written<Bytes>;
    (command: string, options: Given<ExecOptionsWithStringEncoding>): Written<string>;
    (command: string, options: Given<ExecOptions> | undefined | null): Written<string | Bytes>;
  };
} & typeof exec;

export function runExec(command: string, options?: unknown, callback?: unknown): ChildProcess {
  const given = readExecArguments(command, options, callback);
  return spawnAndCollect(command, readExecFileArguments(command, given.options, given.callback));
}

/** `child_process.exec` by way of {@link safeSpawn}: a shell runs the command, and the callback gets what it wrote. */
export const safeExec: SafeExec = withPromise(publicFunction('safeExec', 'exec', runExec, refuseMisspelt));

type Args = readonly string[] | undefined | null;

/** What `execFile` can be called with, and the same with launch options. */
export type SafeExecFile = {
  (file: string, callback?: Callback<ExecFileFailure, string>): SafeChildProcess;
  (file: string, args: Args, callback?: Callback<ExecFileFailure, string>): SafeChildProcess;
  (
    file: string,
    options: Given<ExecFileOptionsWithBufferEncoding>,
    callback?: Callback<ExecFileFailure, Bytes>,
  ): SafeChildProcess;
  (
    file: string,
    args: Args,
    options: Given<ExecFileOptionsWithBufferEncoding>,
    callback?: Callback<ExecFileFailure, Bytes>,
  ): SafeChildProcess;
  (
    file: string,
    options: Given<ExecFileOptionsWithStringEncoding>,
    callback?: Callback<ExecFileFailure, string>,
  ): SafeChildProcess;
  (
    file: string,
    args: Args,
    options: Given<ExecFileOptionsWithStringEncoding>,
    callback?: Callback<ExecFileFailure, string>,
  ): SafeChildProcess;
  (
    file: string,
    options: Given<ExecFileOptions> | undefined | null,
    callback?: Callback<ExecFileFailure, string | Bytes> | null,
  ): SafeChildProcess;
  (
    file: string,
    args: Args,
    options: Given<ExecFileOptions> | undefined | null,
    callback?: Callback<ExecFileFailure, string | Bytes> | null,
  ): SafeChildProcess;
  readonly __promisify__: {
    (file: string): Written<string>;
    (file: string, args: Args): Written<string>;
    (file: string, options: Given<ExecFileOptionsWithBufferEncoding>): Written<Bytes>;
    (file: string, args: Args, options: Given<ExecFileOptionsWithBufferEncoding>): Written<Bytes>;
    (file: string, options: Given<ExecFileOptionsWithStringEncoding>): Written<string>;
    (file: string, args: Args, options: Given<ExecFileOptionsWithStringEncoding>): Written<string>;
    (file: string, options: Given<ExecFileOptions> | undefined | null): Written<string | Bytes>;
    (file: string, args: Args, options: Given<ExecFileOptions> | undefined | null): Written<string | Bytes>;
  };
} & typeof execFile;

export function runExecFile(
  file: string,
  args?: unknown,
  options?: unknown,
  callback?: unknown,
): ChildProcess {
  return spawnAndCollect(file, readExecFileArguments(file, args, options, callback));
}

/** `child_process.execFile` by way of {@link safeSpawn}: the callback gets what the program wrote. */
export const safeExecFile: SafeExecFile = withPromise(
  publicFunction('safeExecFile', 'execFile', runExecFile, refuseMisspelt),
);

type Execute = (...parameters: unknown[]) => ChildProcess;

/** What util.promisify() gives: the promise has the child, and the error has what was written. */
function withChild(execute: Execute): (...parameters: unknown[]) => PromiseWithChild<Outputs<unknown>> {
  return (...parameters) => {
    let settle: (error: Error | null, stdout: unknown, stderr: unknown) => void;
    const promise = new Promise<Outputs<unknown>>((resolve, reject) => {
      settle = (error, stdout, stderr) => {
        if (error === null) resolve({ stdout, stderr });
        else reject(Object.assign(error, { stdout, stderr }));
      };
    });
    // Outside of the promise, since wrong arguments are thrown here too.
    const child = execute(...parameters, (...results: Parameters<typeof settle>) => settle(...results));
    return Object.assign(promise, { child });
  };
}

/** Gives a function the form that util.promisify() takes. */
export function withPromise<Door>(execute: Door): Door {
  const value = withChild(execute as unknown as Execute);
  return Object.defineProperty(execute as Door & object, promisify.custom, nullPrototype({ value }));
}
