// Plain descriptions of what a program can see of a child, an error or any other value.
import { ChildProcess } from 'node:child_process';

/** Returns all that can be read from a child, in order of its keys. Values that differ between any two children become types. */
export function describeChild(child) {
  const { pid, stdio, channel, signalCode, exitCode, killed, connected, spawnfile, spawnargs } = child;
  return {
    keys: Reflect.ownKeys(child)
      .map(String)
      .filter((key) => !isHidden(child, key)),
    isChildProcess: child instanceof ChildProcess,
    pid: typeof pid,
    stdio: stdio?.map(describeStream),
    channel: channel?.constructor.name,
    ...{ signalCode, exitCode, killed, connected, spawnfile },
    spawnargs:
      spawnargs &&
      Array.from(spawnargs, (argument) => (argument instanceof Object ? typeof argument : argument)),
  };
}

const ADDED = new Set(
  ['resourceUsage', 'killTree', 'stop', Symbol.asyncDispose, 'exitStatus', 'containment'].map(String),
);

/** Tells whether a key is one that this library adds. Code that lists the keys of a child must not find it. */
function isHidden(child, key) {
  return ADDED.has(key) && !Object.keys(child).includes(key);
}

function describeStream(stream) {
  if (!stream) return stream;
  const { readable, writable, destroyed } = stream;
  return { kind: stream.constructor.name, readable, writable, destroyed };
}

/**
 * Returns the first lines of the stack, which consoles show, without the functions. The message of a failed launch ends
 * before the reason that this library adds.
 */
export function describeError(error) {
  const { name, cause, step } = error;
  const ofNode = (text) => (step === undefined ? text : text.replace(/(?<= E[A-Z\d]+): .*/s, ''));
  const message = ofNode(error.message);
  return {
    text: ofNode(String(error)),
    heading: ofNode(error.stack.split('\n    at ')[0]),
    kind: Object.prototype.toString.call(error),
    Class: error.constructor.name,
    name,
    message,
    cause: cause && String(cause),
    fields: Object.entries(error).filter(([field]) => field !== 'step'),
  };
}

/** Returns a copy in which values that differ between any two runs are types. */
export function show(value, key, above = []) {
  if (key === 'pid') return typeof value === 'number' ? Math.sign(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value)) return 'circular';
  const within = [...above, value];
  if (value instanceof Error) return showError(value, within);
  if (ArrayBuffer.isView(value)) return { Class: value.constructor.name, text: String(value) };
  if (Array.isArray(value)) return Array.from(value, (item) => show(item, undefined, within));
  const entries = Object.entries(value).map(([name, item]) => [name, show(item, name, within)]);
  return {
    keys: Object.keys(value),
    prototype: Object.getPrototypeOf(value) !== null,
    ...Object.fromEntries(entries),
  };
}

function showError(error, within) {
  const { fields, ...others } = describeError(error);
  return { ...others, fields: fields.map(([name, item]) => [name, show(item, name, within)]) };
}
