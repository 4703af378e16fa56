/*
 * Plays a scenario twice, with child_process and with this library, and compares everything that a program can see. Only
 * three things may differ: `step` of an error, the reason behind Node's message, and the stack.
 */
import assert from 'node:assert/strict';
import * as nodeProcess from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import * as libraryModule from 'safe-spawn/child_process';
import { SAFE, STOCK } from '../helpers/contenders.mjs';
import { root } from '../helpers/native.mjs';
import { describeChild, describeError, show } from './describe.mjs';

const CHILD_EVENTS = ['spawn', 'error', 'exit', 'close', 'disconnect', 'message'];

/**
 * Defines a test in which both arms must show the same. The scenario starts children with a {@link Recorder}, and may return
 * more to compare.
 *
 * @param options of node:test, and `steps`: the steps that this library's errors must name, in order
 */
export function sameAsNode(title, scenario, { steps, ...options } = {}) {
  test(title, options, async () => {
    const node = await play(nodeProcess.spawn, scenario);
    const library = await play(libraryModule.spawn, scenario);
    assert.deepEqual(library.seen, node.seen);
    if (steps !== undefined) assert.deepEqual(library.steps, steps);
  });
}

/** Defines a test whose scenario gets Node's module or the library's, and returns what is compared. */
export function sameModules(title, scenario, options = {}) {
  test(title, options, async () => {
    const stock = show(await scenario(nodeProcess));
    assert.deepEqual(show(await scenario(libraryModule)), stock);
  });
}

/** Compares one call of a synchronous function. Each module gets new arguments. */
export function sameSync(title, name, makeArguments, options) {
  sameModules(title, (module) => outcome(() => module[name](...makeArguments())), options);
}

/** Compares `exec` or `execFile` with a callback. */
export function sameCallback(title, name, makeArguments, options) {
  sameModules(title, (module) => called(module[name], makeArguments()), options);
}

/** Compares the promise that util.promisify() makes of `exec` or `execFile`. */
export function samePromise(title, name, makeArguments, options) {
  sameModules(title, (module) => settled(promisify(module[name]), makeArguments()), options);
}

/** Returns the value or the exception of a call. */
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

/** Records the events until 'close'. The function's own listener gets 'close' first, so the record waits a turn. */
export function follow(child, seen, resolve) {
  seen.child = describeChild(child);
  for (const event of CHILD_EVENTS) child.on(event, (...values) => seen.events.push([event, ...values]));
  child.once('close', () => setImmediate(() => resolve(seen)));
}

async function settled(execute, args) {
  const { returned: promise, thrown } = outcome(() => execute(...args));
  if (thrown !== undefined) return { thrown };
  const child = describeChild(promise.child);
  const [result] = await Promise.allSettled([promise]);
  return { child, isPromise: promise instanceof Promise, result };
}

/** Compares what a program of test/fixtures/conformance prints. It gets the name of its arm. */
export function sameAsNodeAlone(title, program, { how, ...options } = {}) {
  test(title, options, async () => {
    const node = await runProgram(program, STOCK, how);
    const library = await runProgram(program, SAFE, how);
    assert.deepEqual(library, node);
  });
}

/**
 * @param flags options of Node
 * @param through a command that runs Node
 * @param input further input of the program
 */
export async function runProgram(program, arm, { flags = [], through = [], input = {}, ...options } = {}) {
  const path = join(root, 'test', 'fixtures', 'conformance', program);
  const command = [...through, process.execPath, '--no-warnings', ...flags, path, arm, JSON.stringify(input)];
  const child = nodeProcess.spawn(command[0], command.slice(1), {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
    ...options,
  });
  const [chunks, [code, signal]] = await Promise.all([child.stdout.toArray(), once(child, 'exit')]);
  assert.deepEqual({ code, signal }, { code: 0, signal: null });
  return JSON.parse(Buffer.concat(chunks).toString());
}

async function play(spawn, scenario) {
  const recorder = new Recorder(spawn);
  const returned = await scenario(recorder);
  await recorder.settled();
  return { seen: { returned, children: recorder.children }, steps: recorder.steps };
}

class Recorder {
  children = [];
  steps = [];
  #spawn;
  #closes = [];

  constructor(spawn) {
    this.#spawn = spawn;
  }

  /** Starts a child and records its events, output, start and end. Returns undefined if the call threw. */
  spawn = (...args) => {
    const record = { events: [] };
    this.children.push(record);
    try {
      const child = this.#spawn(...args);
      this.#watch(child, record);
      return child;
    } catch (error) {
      record.thrown = this.#describe(error);
      return undefined;
    }
  };

  /** Starts a child without a record. */
  bare = (...args) => this.#spawn(...args);

  async settled() {
    await Promise.all(this.#closes);
  }

  #watch(child, record) {
    for (const event of CHILD_EVENTS) {
      child.on(event, (...values) => {
        record.events.push([event, ...values.map((value) => this.#describe(value))]);
      });
    }
    record.output = collectOutput(child);
    record.start = describeChild(child);
    this.#closes.push(
      new Promise((resolve) => {
        child.once('close', () => {
          record.end = describeChild(child);
          resolve();
        });
      }),
    );
  }

  #describe(value) {
    if (!(value instanceof Error)) return value;
    if (value.step !== undefined) this.steps.push(value.step);
    return describeError(value);
  }
}

function collectOutput(child) {
  const output = {};
  child.stdio?.forEach((stream, index) => {
    if (index === 0 || !stream?.readable) return;
    output[index] = '';
    stream.setEncoding('utf8').on('data', (text) => {
      output[index] += text;
    });
  });
  return output;
}
