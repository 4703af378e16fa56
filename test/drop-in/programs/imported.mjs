/** Prints what of Node is another thing after the library was loaded. */
import childProcess, { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import net from 'node:net';
// Wraps process.chdir() when it is loaded for the first time, by whomever.
import 'node:worker_threads';

const PLACES = {
  child_process: childProcess,
  'ChildProcess.prototype': ChildProcess.prototype,
  'EventEmitter.prototype': EventEmitter.prototype,
  'Socket.prototype': net.Socket.prototype,
  process,
  global: globalThis,
  'Array.prototype': Array.prototype,
  'Object.prototype': Object.prototype,
};

function look() {
  return Object.entries(PLACES).flatMap(([place, object]) =>
    Reflect.ownKeys(object).map((key) => [
      `${place}.${String(key)}`,
      Object.getOwnPropertyDescriptor(object, key),
    ]),
  );
}

function isSame(one, other) {
  return (
    other !== undefined &&
    ['value', 'get', 'set', 'writable'].every((part) => Object.is(one[part], other[part]))
  );
}

// Node loads some of itself when it is looked at.
look();
const before = new Map(look());
const events = process.eventNames().length;
const resources = process.getActiveResourcesInfo().length;
await import('safe-spawn');
const after = new Map(look());
const changed = [...after].filter(([name, now]) => !isSame(now, before.get(name))).map(([name]) => name);
console.log(
  JSON.stringify({
    changed,
    gone: [...before.keys()].filter((name) => !after.has(name)),
    events: process.eventNames().length - events,
    resources: process.getActiveResourcesInfo().length - resources,
  }),
);
