/*
 * Calls every function of an addon, with arguments that are right, and with such as are wrong in one place:
 * `node addon.mjs ADDON SEED COUNT`. What is wrong must be a TypeError or a RangeError with `code`, and what is right a
 * child that has what was asked for: its own strings, its own descriptors, and nothing else.
 *
 * No argument can name a process or a descriptor that is not the fuzzer's own.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { inspect, types } from 'node:util';
import { probePath } from '../../helpers/native.mjs';
import { Random } from './random.mjs';
import { sameNumbers, spoiled } from './views.mjs';

const [, , path, seed, count] = process.argv;
const addon = createRequire(import.meta.url)(path);
const random = new Random(Number(seed));
const target = spawn('sleep', ['1000'], { stdio: 'ignore' });
const descriptors = Array.from({ length: 4 }, () => openSync('/dev/null', 'r+'));

const {
  STDIO_IGNORE: IGNORE,
  STDIO_PIPE: PIPE,
  STDIO_FD: FD,
  STDIO_ONE_WAY_PIPE: ONE_WAY_PIPE,
  LAUNCH_SET_CWD: SET_CWD,
  RESULT_LENGTH,
} = addon.constants;
const REFUSALS = ['ERR_INVALID_ARG_TYPE', 'ERR_OUT_OF_RANGE'];

// ---- arguments that are right ----------------------------------------------------------------------------------

let texts = 0;

/** A text that no other call has. */
function text() {
  texts += 1;
  return `text ${texts} ${random.pick(['', 'ä€😀', 'x'.repeat(random.integer(300))])}`;
}

function request() {
  const args = ['probe', ...random.list(random.integer(5), text)];
  const environment = random.list(random.integer(5), () => `NAME=${text()}`);
  // The probe writes to the second.
  const stdio = [
    [IGNORE, -1],
    [random.pick([PIPE, ONE_WAY_PIPE]), -1],
    ...random.list(random.integer(6), entry),
  ];
  const kept = random.chance(0.3) ? descriptors.filter((fd) => fd >= Math.max(stdio.length, 3)) : [];
  const head = [random.pick([0, 1, SET_CWD]), 0, 0, args.length, environment.length, stdio.length];
  return [
    [probePath, '/', ...args, ...environment].map((string) => `${string}\0`).join(''),
    Int32Array.from([...head, ...stdio.flat(), ...kept]),
    random.chance(0.2) ? BigUint64Array.of(4n, 1n, 0n, 0n) : undefined,
    random.chance(0.2) ? Int32Array.of(4, 0, 0, 500, 0, 0) : undefined,
    undefined,
    new Int32Array(RESULT_LENGTH),
  ];
}

function entry() {
  return random.pick([
    [IGNORE, -1],
    [PIPE, -1],
    [ONE_WAY_PIPE, -1],
    [FD, random.pick(descriptors)],
  ]);
}

const child = () => random.integer(20);
const signal = () => random.pick([0, 9, 15, 64]);
const name = () => random.pick(['root', 'daemon', 'no-such-name', '', 'ä'.repeat(100)]);

/** Right arguments for each function of the addon. The fuzzer fails if a function has none here. */
const RIGHT = {
  launch: () => [...request(), () => {}],
  runSync: () => [
    ...request(),
    Float64Array.of(60_000, random.pick([0, 1e9, Number.POSITIVE_INFINITY]), 9),
    random.pick([undefined, new Uint8Array(9), new DataView(new ArrayBuffer(9), 3), new Float64Array(9)]),
  ],
  kill: () => [child(), signal()],
  killGroupAtExit: () => [child()],
  setRef: () => [child(), random.chance(0.5)],
  hasRef: () => [child()],
  takePipeFd: () => [random.integer(10)],
  setCloseOnExec: () => [],
  internalFds: () => [],
  capabilities: () => [],
  hasPlainEnvironment: () => [],
  openPipe: () => [random.pick([{}, { unref() {} }, { unref: trespass }, addon]), random.pick(descriptors)],
  prlimit: () => [target.pid, random.integer(16), random.pick([undefined, BigUint64Array.of(9n, 9n)])],
  pidfdOpen: () => [target.pid],
  pidfdSignal: () => [descriptors[0], signal()],
  lookupUser: () => [name()],
  lookupUid: () => [random.pick([0, 1, 2 ** 32 - 1])],
  lookupGroup: () => [name()],
  groupsOf: () => [name(), random.integer(1000)],
};

// ---- arguments that are wrong ----------------------------------------------------------------------------------

const INTEGERS = [-1, 0, 1, 2, 3, 7, 100, 65_536, 2 ** 24, 2 ** 30, 2 ** 31 - 1, -(2 ** 31)];
const VIEWS = [Int8Array, Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array];

/** Values that are wrong for most arguments. None of them names a process. */
const odd = () =>
  random.pick([
    ...[undefined, null, true, Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5, 2 ** 53, -(2 ** 63), 1e300, 1n],
    ...['', 'text', 'a\0b', '\ud800', Symbol('s'), [], [1, 2], {}, /x/, new Date(), () => {}],
    ...[new Proxy({}, {}), new Proxy(new Int32Array(9), {}), new Proxy(() => {}, {}), new ArrayBuffer(99)],
    ...[{ valueOf: trespass, toString: trespass }, { length: 9, 0: 1 }, Object.create(Int32Array.prototype)],
    ...[
      new String('text'),
      new Number(1),
      new Boolean(true),
      process.env,
      globalThis,
      new SharedArrayBuffer(9),
    ],
    new DataView(new ArrayBuffer(99)),
    new (random.pick(VIEWS))(random.pick([0, 1, 2, 3, 5, 6, 100])),
    spoiled(random, random.pick(VIEWS)),
  ]);

/** Nothing that is passed may be asked for a value: that would run a program's code in the midst of a call. */
function trespass() {
  throw new Error('the addon has converted an argument');
}

const CHANGES = [
  // Of the right type, over another kind of memory: it has to be taken.
  (args) => change(args, (value) => (isNumbers(value) ? sameNumbers(random, value) : value)),
  (args) => change(args, odd),
  (args) => args.slice(0, random.integer(args.length + 1)),
  (args) => [...args, odd()],
  (args) => change(args, (value) => (isNumbers(value) ? spoiled(random, value.constructor) : value)),
  (args) => change(args, (value) => (isNumbers(value) ? changeNumbers(value) : value)),
  (args) => change(args, (value) => (isNumbers(value) ? changeNumbers(value) : value)),
  (args) => change(args, (value) => (typeof value === 'string' ? changeText(value) : value)),
];

/** `changed` of one of the arguments that it changes. */
function change(args, changed) {
  const copy = [...args];
  const start = random.integer(args.length);
  for (let step = 0; step < args.length; step++) {
    const index = (start + step) % args.length;
    const value = changed(args[index]);
    if (value === args[index]) continue;
    copy[index] = value;
    break;
  }
  return copy;
}

function isNumbers(value) {
  return types.isTypedArray(value);
}

function changeNumbers(numbers) {
  if (random.chance(0.3)) return numbers.slice(0, random.integer(numbers.length + 1));
  const copy = numbers.slice();
  const index = random.integer(copy.length);
  const value = random.chance(0.5) ? Number(copy[index]) + random.pick([-1, 1]) : random.pick(INTEGERS);
  if (copy instanceof BigUint64Array) copy[index] = BigInt(value);
  else copy[index] = copy instanceof Float64Array ? random.pick([value, Number.NaN, 0.5, 1e300]) : value;
  return copy;
}

function changeText(string) {
  const at = random.integer(string.length);
  const nul = string.indexOf('\0', at);
  return random.pick([
    string.slice(0, at),
    string.slice(0, -1),
    `${string}\0`,
    `${string}x`,
    nul < 0 ? string : string.slice(0, nul) + string.slice(nul + 1),
  ]);
}

// ---- what is expected ------------------------------------------------------------------------------------------

/** What strings and words ask for, read by somebody else than the addon; undefined where they don't fit. */
function understand(strings, words) {
  const [flags, , , argumentCount, environmentCount, stdioCount] = words;
  const parts = strings.split('\0');
  if (parts.pop() !== '' || parts.length !== 2 + argumentCount + environmentCount) return undefined;
  const entries = Array.from(words.subarray(6, 6 + 2 * stdioCount));
  const kept = Array.from(words.subarray(6 + 2 * stdioCount));
  if (entries.length !== 2 * stdioCount || flags < 0 || flags > 15) return undefined;
  const kinds = entries.filter((_, index) => index % 2 === 0);
  if (!kinds.every((kind) => kind >= IGNORE && kind <= ONE_WAY_PIPE)) return undefined;
  if (!kept.every((fd, index) => fd >= Math.max(stdioCount, 3) && (index === 0 || fd > kept[index - 1])))
    return undefined;
  const [file, , ...others] = parts;
  const numbers = kinds.flatMap((kind, index) => (kind === IGNORE && index > 2 ? [] : [index]));
  return {
    isProbe: file === probePath && kinds[1] !== IGNORE && kinds[1] !== FD && argumentCount > 0,
    argv: others.slice(0, argumentCount),
    env: others.slice(argumentCount),
    // The first three are open in any case.
    fds: [...new Set([0, 1, 2, ...numbers, ...kept])],
  };
}

/** Of a detached array nothing can be asked. */
function snapshot(words) {
  return words.byteLength === 0 ? new Int32Array(0) : new Int32Array(words);
}

function isRequest(name) {
  return name === 'launch' || name === 'runSync';
}

/** Calls it once, and checks what came of it. */
function call(name, args) {
  const isAsked = isRequest(name) && typeof args[0] === 'string' && types.isInt32Array(args[1]);
  const asked = isAsked ? understand(args[0], snapshot(args[1])) : undefined;
  try {
    const returned = addon[name](...args);
    if (isRequest(name)) checkStarted(name, asked, returned);
    if (name === 'pidfdOpen' && returned >= 0) closeSync(returned);
    return true;
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    const isRefused =
      REFUSALS.includes(error.code) && (error instanceof TypeError || error instanceof RangeError);
    assert.ok(isRefused || error.syscall !== undefined, error);
    return false;
  }
}

function checkStarted(name, asked, returned) {
  assert.ok(asked, 'strings and words that do not fit are taken');
  const isStarted = name === 'launch' ? returned > 0 : returned !== undefined;
  const output = name === 'launch' ? readEnds() : String(returned?.[1]);
  if (!isStarted || !asked.isProbe || !output.startsWith('{')) return;
  const { argv, env, fds } = JSON.parse(output);
  assert.deepEqual(
    { argv, env, fds: fds.map(({ fd }) => fd) },
    { argv: asked.argv, env: asked.env, fds: asked.fds },
  );
}

/** Our ends of the last launch, of which the second was written to. */
function readEnds() {
  let output = '';
  for (let index = 0; index < 10; index++) {
    const end = addon.takePipeFd(index);
    if (end < 0) continue;
    if (index === 1) output = readFileSync(end, 'utf8');
    closeSync(end);
  }
  return output;
}

const functions = Object.keys(addon).filter((key) => typeof addon[key] === 'function');
assert.deepEqual(functions.toSorted(), Object.keys(RIGHT).toSorted(), 'each function has arguments here');

const taken = {};
try {
  for (let round = 0; round < Number(count); round++) {
    const name = random.chance(0.6) ? random.pick(['launch', 'runSync']) : random.pick(functions);
    const args = RIGHT[name]();
    const changed = random.chance(0.2) || args.length === 0 ? args : random.pick(CHANGES)(args);
    let wasTaken;
    try {
      wasTaken = call(name, changed);
    } catch (error) {
      console.error(
        `round ${round}: ${name}(${inspect(changed, { breakLength: 200, maxStringLength: 300 })})`,
      );
      throw error;
    }
    if (changed === args) assert.ok(wasTaken || !isRequest(name), `${name} is refused`);
    taken[name] = (taken[name] ?? 0) + Number(wasTaken);
    // The deaths are told then.
    if (round % 20 === 0) await setImmediate();
  }
} finally {
  target.kill('SIGKILL');
}
// Or the fuzzer would not have looked at what it is for.
for (const name of functions) if (Number(count) >= 1000) assert.ok(taken[name] > 0, `${name} took nothing`);
