/** Differences between versions of Node that no public name shows. */
import { originals } from './originals.js';

export type AnyFunction = (...parameters: unknown[]) => unknown;

/** The event that stops the `timeout` of a spawn. Before Node 26, a failed start keeps the process alive until the timeout. */
export const TIMEOUT_ENDS_AT: 'exit' | 'close' = sourceOf(originals.spawn).includes("once('close'")
  ? 'close'
  : 'exit';

/** `stdout` and `stderr` of a synchronous child that was not started. */
export const NO_OUTPUT: null | undefined = process.version.startsWith('v20.') ? null : undefined;

export function sourceOf(method: AnyFunction): string {
  return Function.prototype.toString.call(method);
}
