/*
 * Plays a scenario twice, with child_process.spawn and with safeSpawn, and compares everything that a program can see.
 * Only `step` may differ, and the reason behind Node's message, which our errors have beside what Node's have.
 */
import assert from 'node:assert/strict';
import * as nodeProcess from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { safeSpawn } from 'safe-spawn';
import { SAFE, STOCK } from '../helpers/contenders.mjs';
import { root } from '../helpers/native.mjs';

const CHILD_EVENTS = ['spawn', 'error', 'exit', 'close', 'disconnect', 'message'];

/**
 * A test in which both arms must show the same. The scenario starts children with the {@link Recorder} that it gets,
 * and may return more to compare.
 *
 * @param options of node:test, and `steps`: those that the errors of our arm must name, in order
 */
export function sameAsNode(title, scenario, { steps, ...options } = {}) {
  test(title, options, async () => {
    const node = await play(nodeProcess.spawn, scenario);
    const ours = await play(safeSpawn, scenario);
    assert.deepEqual(ours.seen, node.seen);
    if (steps !== undefined) assert.deepEqual(ours.steps, steps);
  });
}

/** The same for a file in programs/, which gets the name of its arm and prints what is to be compared. */
export function sameAsNodeAlone(title, program, { how, ...options } = {}) {
  test(title, options, async () => {
    const node = await runProgram(program, STOCK, how);
    const ours = await runProgram(program, SAFE, how);
    assert.deepEqual(ours, node);
  });
}

/**
 * @param flags options of Node
 * @param through a command that runs Node
 * @param input what the program is told beside its arm
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

  /** Starts a child and records what it throws, emits, writes and ends as. Undefined if it threw. */
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

/** All that can be read from a child, in order of its keys; of what differs between any two children, the type. */
export function describeChild(child) {
  const { pid, stdio, channel, signalCode, exitCode, killed, connected, spawnfile, spawnargs } = child;
  return {
    keys: Reflect.ownKeys(child)
      .map(String)
      .filter((key) => !isHidden(child, key)),
    isChildProcess: child instanceof nodeProcess.ChildProcess,
    pid: typeof pid,
    stdio: stdio?.map(describeStream),
    channel: channel?.constructor.name,
    ...{ signalCode, exitCode, killed, connected, spawnfile },
    spawnargs:
      spawnargs &&
      Array.from(spawnargs, (argument) => (argument instanceof Object ? typeof argument : argument)),
  };
}

/** The methods that children of this library have beside Node's: nothing that looks for the others finds them. */
function isHidden(child, key) {
  return (
    ['resourceUsage', 'killTree', 'exitStatus', 'containment'].includes(key) &&
    !Object.keys(child).includes(key)
  );
}

function describeStream(stream) {
  if (!stream) return stream;
  const { readable, writable, destroyed } = stream;
  return { kind: stream.constructor.name, readable, writable, destroyed };
}

/**
 * Of the stack only the first lines, that consoles show: the functions that were called are others. Of the message of a
 * launch that failed what Node says; the reason behind it is this library's.
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
