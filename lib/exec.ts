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
import { bare } from './checks.js';
import { readExecArguments, readExecFileArguments } from './exec-arguments.js';
import { runCollecting } from './exec-run.js';
import { examining, refuseMisspelt } from './misspelt.js';
import { node } from './node-functions.js';
import { refuseLaunchOptions, type WithLaunchOptions } from './options.js';
import { refuseExtras, type SafeChildProcess } from './safe-child.js';

type Callback<Failure, Text> = (error: Failure | null, stdout: Text, stderr: Text) => void;

interface Outputs<Text> {
  stdout: Text;
  stderr: Text;
}

/** What `exec` can be called with, and the same with launch options. */
export type SafeExec = typeof exec & {
  (
    command: string,
    options: WithLaunchOptions<ExecOptionsWithBufferEncoding>,
    callback?: Callback<ExecException, Buffer>,
  ): SafeChildProcess;
  (
    command: string,
    options: WithLaunchOptions<ExecOptionsWithStringEncoding>,
    callback?: Callback<ExecException, string>,
  ): SafeChildProcess;
  (
    command: string,
    options: WithLaunchOptions<ExecOptions>,
    callback?: Callback<ExecException, string | Buffer>,
  ): SafeChildProcess;
  readonly __promisify__: {
    (
      command: string,
      options: WithLaunchOptions<ExecOptionsWithBufferEncoding>,
    ): PromiseWithChild<Outputs<Buffer>>;
    (
      command: string,
      options: WithLaunchOptions<ExecOptionsWithStringEncoding>,
    ): PromiseWithChild<Outputs<string>>;
    (command: string, options: WithLaunchOptions<ExecOptions>): PromiseWithChild<Outputs<string | Buffer>>;
  };
};

export function runExec(command: string, options?: unknown, callback?: unknown): ChildProcess {
  if (process.platform !== 'linux') return elsewhere(node.exec, command, options, callback);
  const given = readExecArguments(command, options, callback);
  return runCollecting(command, readExecFileArguments(command, given.options, given.callback));
}

/** `child_process.exec` by way of {@link safeSpawn}: a shell runs the command, and the callback gets what it wrote. */
export const safeExec: SafeExec = withPromise(examining('safeExec', runExec, refuseMisspelt));

type Args = readonly string[] | undefined | null;

/** What `execFile` can be called with, and the same with launch options. */
export type SafeExecFile = typeof execFile & {
  (
    file: string,
    options: WithLaunchOptions<ExecFileOptionsWithBufferEncoding>,
    callback?: Callback<ExecFileException, Buffer>,
  ): SafeChildProcess;
  (
    file: string,
    args: Args,
    options: WithLaunchOptions<ExecFileOptionsWithBufferEncoding>,
    callback?: Callback<ExecFileException, Buffer>,
  ): SafeChildProcess;
  (
    file: string,
    options: WithLaunchOptions<ExecFileOptionsWithStringEncoding>,
    callback?: Callback<ExecFileException, string>,
  ): SafeChildProcess;
  (
    file: string,
    args: Args,
    options: WithLaunchOptions<ExecFileOptionsWithStringEncoding>,
    callback?: Callback<ExecFileException, string>,
  ): SafeChildProcess;
  (
    file: string,
    options: WithLaunchOptions<ExecFileOptions>,
    callback?: Callback<ExecFileException, string | Buffer>,
  ): SafeChildProcess;
  (
    file: string,
    args: Args,
    options: WithLaunchOptions<ExecFileOptions>,
    callback?: Callback<ExecFileException, string | Buffer>,
  ): SafeChildProcess;
  readonly __promisify__: {
    (
      file: string,
      args: Args,
      options: WithLaunchOptions<ExecFileOptionsWithBufferEncoding>,
    ): PromiseWithChild<Outputs<Buffer>>;
    (
      file: string,
      args: Args,
      options: WithLaunchOptions<ExecFileOptionsWithStringEncoding>,
    ): PromiseWithChild<Outputs<string>>;
    (
      file: string,
      args: Args,
      options: WithLaunchOptions<ExecFileOptions>,
    ): PromiseWithChild<Outputs<string | Buffer>>;
  };
};

export function runExecFile(
  file: string,
  args?: unknown,
  options?: unknown,
  callback?: unknown,
): ChildProcess {
  if (process.platform !== 'linux') return elsewhere(node.execFile, file, args, options, callback);
  return runCollecting(file, readExecFileArguments(file, args, options, callback));
}

/** `child_process.execFile` by way of {@link safeSpawn}: the callback gets what the program wrote. */
export const safeExecFile: SafeExecFile = withPromise(examining('safeExecFile', runExecFile, refuseMisspelt));

function elsewhere(execute: (...parameters: unknown[]) => unknown, ...parameters: unknown[]): ChildProcess {
  parameters.forEach(refuseLaunchOptions);
  return refuseExtras(execute(...parameters) as ChildProcess);
}

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
  return Object.defineProperty(execute as Door & object, promisify.custom, bare({ value }));
}
