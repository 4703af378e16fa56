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
import { rejectMisspelt } from '../options/misspelt.js';
import type { WithExitStatus } from '../terminate/exit-status.js';
import type { WithLaunchOptions } from '../types.js';
import { nullPrototype } from '../util/objects.js';
import { spawnAndCollect } from './collect-output.js';
import { readExecArguments, readExecFileArguments } from './exec-arguments.js';
import { publicFunction } from './public-function.js';

/** Output that is not decoded. Its class depends on the version of @types/node. */
type Bytes = Exclude<ReturnType<typeof execSync>, string>;

/** The error of a callback, with the exit status of the child. */
type Reported<Failure> = Failure extends Error ? Failure & WithExitStatus : Failure;

type ExecFailure = Reported<ExecException | null>;

/** An error of `execFile`. Its name depends on the version of @types/node. */
type ExecFileFailure = Reported<Parameters<NonNullable<Parameters<typeof execFile>[3]>>[0]>;

type Callback<Failure, Text> = (error: Failure, stdout: Text, stderr: Text) => void;

interface Outputs<Text> {
  stdout: Text;
  stderr: Text;
}

/** A promise of a child's output. It has the child as a property. */
export interface PromiseWithSafeChild<T> extends PromiseWithChild<T> {
  child: SafeChildProcess;
}

type Written<Text> = PromiseWithSafeChild<Outputs<Text>>;

/** Node's own options are part of the union so that TypeScript prefers the overload that matches them exactly. */
type AlsoWithLaunch<Options> = Options | WithLaunchOptions<Options>;

/** The overloads of `exec`, also with launch options. */
export type SafeExec = {
  (command: string, callback?: Callback<ExecFailure, string>): SafeChildProcess;
  (
    command: string,
    options: AlsoWithLaunch<ExecOptionsWithBufferEncoding>,
    callback?: Callback<ExecFailure, Bytes>,
  ): SafeChildProcess;
  (
    command: string,
    options: AlsoWithLaunch<ExecOptionsWithStringEncoding>,
    callback?: Callback<ExecFailure, string>,
  ): SafeChildProcess;
  (
    command: string,
    options: AlsoWithLaunch<ExecOptions> | undefined | null,
    callback?: Callback<ExecFailure, string | Bytes>,
  ): SafeChildProcess;
  readonly __promisify__: {
    (command: string): Written<string>;
    (command: string, options: AlsoWithLaunch<ExecOptionsWithBufferEncoding>): Written<Bytes>;
    (command: string, options: AlsoWithLaunch<ExecOptionsWithStringEncoding>): Written<string>;
    (command: string, options: AlsoWithLaunch<ExecOptions> | undefined | null): Written<string | Bytes>;
  };
} & typeof exec;

export function runExec(command: string, options?: unknown, callback?: unknown): ChildProcess {
  const read = readExecArguments(command, options, callback);
  return spawnAndCollect(command, readExecFileArguments(command, read.options, read.callback));
}

/**
 * Runs a command in a shell, as `child_process.exec` does, in a child that {@link safeSpawn} starts. The callback gets the
 * output. It also takes the launch options ({@link LaunchOptions}), and throws the same errors as {@link safeSpawn}.
 *
 * @example
 * safeExec('ls | wc -l', { rlimits: { nofile: 1024 } }, (_error, stdout) => console.log(stdout));
 */
export const safeExec: SafeExec = withPromise(publicFunction('safeExec', 'exec', runExec, rejectMisspelt));

type Args = readonly string[] | undefined | null;

/** The overloads of `execFile`, also with launch options. */
export type SafeExecFile = {
  (file: string, callback?: Callback<ExecFileFailure, string>): SafeChildProcess;
  (file: string, args: Args, callback?: Callback<ExecFileFailure, string>): SafeChildProcess;
  (
    file: string,
    options: AlsoWithLaunch<ExecFileOptionsWithBufferEncoding>,
    callback?: Callback<ExecFileFailure, Bytes>,
  ): SafeChildProcess;
  (
    file: string,
    args: Args,
    options: AlsoWithLaunch<ExecFileOptionsWithBufferEncoding>,
    callback?: Callback<ExecFileFailure, Bytes>,
  ): SafeChildProcess;
  (
    file: string,
    options: AlsoWithLaunch<ExecFileOptionsWithStringEncoding>,
    callback?: Callback<ExecFileFailure, string>,
  ): SafeChildProcess;
  (
    file: string,
    args: Args,
    options: AlsoWithLaunch<ExecFileOptionsWithStringEncoding>,
    callback?: Callback<ExecFileFailure, string>,
  ): SafeChildProcess;
  (
    file: string,
    options: AlsoWithLaunch<ExecFileOptions> | undefined | null,
    callback?: Callback<ExecFileFailure, string | Bytes> | null,
  ): SafeChildProcess;
  (
    file: string,
    args: Args,
    options: AlsoWithLaunch<ExecFileOptions> | undefined | null,
    callback?: Callback<ExecFileFailure, string | Bytes> | null,
  ): SafeChildProcess;
  readonly __promisify__: {
    (file: string): Written<string>;
    (file: string, args: Args): Written<string>;
    (file: string, options: AlsoWithLaunch<ExecFileOptionsWithBufferEncoding>): Written<Bytes>;
    (file: string, args: Args, options: AlsoWithLaunch<ExecFileOptionsWithBufferEncoding>): Written<Bytes>;
    (file: string, options: AlsoWithLaunch<ExecFileOptionsWithStringEncoding>): Written<string>;
    (file: string, args: Args, options: AlsoWithLaunch<ExecFileOptionsWithStringEncoding>): Written<string>;
    (file: string, options: AlsoWithLaunch<ExecFileOptions> | undefined | null): Written<string | Bytes>;
    (
      file: string,
      args: Args,
      options: AlsoWithLaunch<ExecFileOptions> | undefined | null,
    ): Written<string | Bytes>;
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

/**
 * Runs a program, as `child_process.execFile` does, in a child that {@link safeSpawn} starts. The callback gets the output.
 * It also takes the launch options ({@link LaunchOptions}), and throws the same errors as {@link safeSpawn}.
 *
 * @example
 * safeExecFile('git', ['status'], { umask: 0o077 }, (_error, stdout) => console.log(stdout));
 */
export const safeExecFile: SafeExecFile = withPromise(
  publicFunction('safeExecFile', 'execFile', runExecFile, rejectMisspelt),
);

type Execute = (...parameters: unknown[]) => ChildProcess;

/** Returns the function that util.promisify() returns. Its promise has the child, and its error has the output. */
function withChild(execute: Execute): (...parameters: unknown[]) => PromiseWithChild<Outputs<unknown>> {
  return (...parameters) => {
    let settle: (error: Error | null, stdout: unknown, stderr: unknown) => void;
    const promise = new Promise<Outputs<unknown>>((resolve, reject) => {
      settle = (error, stdout, stderr) => {
        if (error === null) resolve({ stdout, stderr });
        else reject(Object.assign(error, { stdout, stderr }));
      };
    });
    // The call is outside of the promise, so that an argument error is thrown and does not reject it. Node does the same.
    const child = execute(...parameters, (...results: Parameters<typeof settle>) => settle(...results));
    return Object.assign(promise, { child });
  };
}

/** Adds the promise form that util.promisify() returns. */
export function withPromise<Door>(execute: Door): Door {
  const value = withChild(execute as unknown as Execute);
  return Object.defineProperty(execute as Door & object, promisify.custom, nullPrototype({ value }));
}
