/*
 * Calls a function of child_process and ours of the same name with the same arguments, and compares all that can be
 * seen of the outcome. Only `step` may differ, which our errors have beside what Node's have, and the stacks.
 */
import assert from 'node:assert/strict';
import * as nodeProcess from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import * as ours from 'safe-spawn/child_process';
import { describeChild as describeAll, describeError } from './harness.mjs';

/** What a child of ours has beside what Node's has, hidden. */
const EXTRAS = ['resourceUsage', 'killTree', 'exitStatus', 'containment'];

const EVENTS = ['spawn', 'error', 'exit', 'close', 'disconnect', 'message'];

/**
 * A test in which `scenario` must come to the same with Node's module and with ours. It gets the module, and returns
 * what is to be compared.
 */
export function sameModules(title, scenario, options = {}) {
  test(title, options, async () => {
    const stock = show(await scenario(nodeProcess));
    assert.deepEqual(show(await scenario(ours)), stock);
  });
}

/** The same for one call of a synchronous function. The arguments are made anew for each. */
export function sameSync(title, name, makeArguments, options) {
  sameModules(title, (module) => outcome(() => module[name](...makeArguments())), options);
}

/** The same for `exec` and `execFile`, with a callback behind the arguments. */
export function sameCallback(title, name, makeArguments, options) {
  sameModules(title, (module) => called(module[name], makeArguments()), options);
}

/** The same for the promise that util.promisify() makes of them. */
export function samePromise(title, name, makeArguments, options) {
  sameModules(title, (module) => settled(promisify(module[name]), makeArguments()), options);
}

/** What a call returns or throws. */
export function outcome(call) {
  try {
    return { returned: call() };
  } catch (thrown) {
    return { thrown };
  }
}

function called(execute, args) {
  return new Promise((resolve) => {
    const seen = { events: [] };
    const callback = function (...results) {
      seen.callback = { results, receiver: typeof this };
      seen.events.push('callback');
    };
    const { returned: child, thrown } = outcome(() => execute(...args, callback));
    if (thrown !== undefined) resolve({ thrown });
    else follow(child, seen, resolve);
  });
}

/** 'close' is told to the function's own listener before it is told to ours, and comes last of all events. */
export function follow(child, seen, resolve) {
  seen.child = describeChild(child);
  for (const event of EVENTS) child.on(event, (...values) => seen.events.push([event, ...values]));
  child.once('close', () => setImmediate(() => resolve(seen)));
}

async function settled(execute, args) {
  const { returned: promise, thrown } = outcome(() => execute(...args));
  if (thrown !== undefined) return { thrown };
  const child = describeChild(promise.child);
  const [result] = await Promise.allSettled([promise]);
  return { child, isPromise: promise instanceof Promise, result };
}

function describeChild(child) {
  const { keys, ...others } = describeAll(child);
  return { ...others, keys: keys.filter((key) => !EXTRAS.includes(key)) };
}

/** A copy in which whatever differs between any two runs is replaced by its type. */
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
