import type {
  ChildProcess,
  ExecException,
  ExecFileException,
  ExecFileOptions,
  ExecFileOptionsWithBufferEncoding,
  ExecFileOptionsWithStringEncoding,
  ExecOptions,
  ExecOptionsWithBufferEncoding,
  ExecOptionsWithStringEncoding,
  exec,
  execFile,
  PromiseWithChild,
} from 'node:child_process';
import { promisify } from 'node:util';
import { readExecArguments, readExecFileArguments } from './exec-arguments.js';
import { runCollecting } from './exec-run.js';
import { node } from './node-functions.js';
import { type LaunchOptions, refuseLaunchOptions } from './options.js';

type Callback<Failure, Text> = (error: Failure | null, stdout: Text, stderr: Text) => void;

interface Outputs<Text> {
  stdout: Text;
  stderr: Text;
}

/** What `exec` can be called with, and the same with launch options. */
export type SafeExec = typeof exec & {
  (
    command: string,
    options: ExecOptionsWithBufferEncoding & LaunchOptions,
    callback?: Callback<ExecException, Buffer>,
  ): ChildProcess;
  (
    command: string,
    options: ExecOptionsWithStringEncoding & LaunchOptions,
    callback?: Callback<ExecException, string>,
  ): ChildProcess;
  (
    command: string,
    options: ExecOptions & LaunchOptions,
    callback?: Callback<ExecException, string | Buffer>,
  ): ChildProcess;
  readonly __promisify__: {
    (
      command: string,
      options: ExecOptionsWithBufferEncoding & LaunchOptions,
    ): PromiseWithChild<Outputs<Buffer>>;
    (
      command: string,
      options: ExecOptionsWithStringEncoding & LaunchOptions,
    ): PromiseWithChild<Outputs<string>>;
    (command: string, options: ExecOptions & LaunchOptions): PromiseWithChild<Outputs<string | Buffer>>;
  };
};

/** `child_process.exec` by way of {@link safeSpawn}: a shell runs the command, and the callback gets what it wrote. */
export const safeExec: SafeExec = function safeExec(
  command: string,
  options?: unknown,
  callback?: unknown,
): ChildProcess {
  if (process.platform !== 'linux') return elsewhere(node.exec, command, options, callback);
  const given = readExecArguments(command, options, callback);
  return runCollecting(command, readExecFileArguments(command, given.options, given.callback));
} as unknown as SafeExec;

type Args = readonly string[] | undefined | null;

/** What `execFile` can be called with, and the same with launch options. */
export type SafeExecFile = typeof execFile & {
  (
    file: string,
    options: ExecFileOptionsWithBufferEncoding & LaunchOptions,
    callback?: Callback<ExecFileException, Buffer>,
  ): ChildProcess;
  (
    file: string,
    args: Args,
    options: ExecFileOptionsWithBufferEncoding & LaunchOptions,
    callback?: Callback<ExecFileException, Buffer>,
  ): ChildProcess;
  (
    file: string,
    options: ExecFileOptionsWithStringEncoding & LaunchOptions,
    callback?: Callback<ExecFileException, string>,
  ): ChildProcess;
  (
    file: string,
    args: Args,
    options: ExecFileOptionsWithStringEncoding & LaunchOptions,
    callback?: Callback<ExecFileException, string>,
  ): ChildProcess;
  (
    file: string,
    options: ExecFileOptions & LaunchOptions,
    callback?: Callback<ExecFileException, string | Buffer>,
  ): ChildProcess;
  (
    file: string,
    args: Args,
    options: ExecFileOptions & LaunchOptions,
    callback?: Callback<ExecFileException, string | Buffer>,
  ): ChildProcess;
  readonly __promisify__: {
    (
      file: string,
      args: Args,
      options: ExecFileOptionsWithBufferEncoding & LaunchOptions,
    ): PromiseWithChild<Outputs<Buffer>>;
    (
      file: string,
      args: Args,
      options: ExecFileOptionsWithStringEncoding & LaunchOptions,
    ): PromiseWithChild<Outputs<string>>;
    (
      file: string,
      args: Args,
      options: ExecFileOptions & LaunchOptions,
    ): PromiseWithChild<Outputs<string | Buffer>>;
  };
};

/** `child_process.execFile` by way of {@link safeSpawn}: the callback gets what the program wrote. */
export const safeExecFile: SafeExecFile = function safeExecFile(
  file: string,
  args?: unknown,
  options?: unknown,
  callback?: unknown,
): ChildProcess {
  if (process.platform !== 'linux') return elsewhere(node.execFile, file, args, options, callback);
  return runCollecting(file, readExecFileArguments(file, args, options, callback));
} as unknown as SafeExecFile;

function elsewhere(execute: (...parameters: unknown[]) => unknown, ...parameters: unknown[]): ChildProcess {
  parameters.forEach(refuseLaunchOptions);
  return execute(...parameters) as ChildProcess;
}

type Execute = (...parameters: unknown[]) => ChildProcess;

/** What util.promisify() gives: the promise has the child, and the error has what was written. */
function withChild(execute: Execute): (...parameters: unknown[]) => PromiseWithChild<Outputs<unknown>> {
  return (...parameters) => {
    let child: ChildProcess | undefined;
    const promise = new Promise<Outputs<unknown>>((resolve, reject) => {
      child = execute(...parameters, (error: Error | null, stdout: unknown, stderr: unknown) => {
        if (error === null) resolve({ stdout, stderr });
        else reject(Object.assign(error, { stdout, stderr }));
      });
    });
    return Object.assign(promise, { child: child as ChildProcess });
  };
}

for (const execute of [safeExec, safeExecFile]) {
  Object.defineProperty(execute, promisify.custom, { value: withChild(execute as unknown as Execute) });
}
