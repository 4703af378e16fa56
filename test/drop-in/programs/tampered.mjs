/** Changes something of Node, loads the library, starts a child, and prints what became of it. */
import childProcess, { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';

const [, , , input] = process.argv;
const { how, args } = JSON.parse(input);

const genuineSpawn = ChildProcess.prototype.spawn;

/** Each is what another version of Node, or another library, may do. */
const CHANGES = {
  nothing() {},
  'a field that is unknown': () => onConstruction((child) => Object.assign(child, { _novelty: 1 })),
  'a field that is missing': () => onConstruction((child) => Reflect.deleteProperty(child, '_closesGot')),
  'a field with another value': () => onConstruction((child) => Object.assign(child, { _closesNeeded: 2 })),
  'a field of the handle that is unknown': () =>
    onConstruction((child) => Object.assign(child._handle, { onnovelty() {} })),
  'no owner of the handle': () =>
    onConstruction(({ _handle: handle }) => {
      Reflect.deleteProperty(handle, Object.getOwnPropertySymbols(handle)[0]);
    }),
  'no handle': () => onConstruction((child) => Object.assign(child, { _handle: undefined })),
  'an accessor in the place of the method': () =>
    Object.defineProperty(ChildProcess.prototype, 'spawn', { get: () => genuineSpawn }),
  'no method': () => Reflect.deleteProperty(ChildProcess.prototype, 'spawn'),
  'a method that starts nothing': () => replaceMethod(() => 0),
  'a method that asks the handle for something else': () =>
    replaceMethod(function (options) {
      return this._handle.spawn(options, 'more');
    }),
  'a prototype that is frozen': () => Object.freeze(ChildProcess.prototype),
  'a method that passes on other options': () =>
    replaceMethod(function (options) {
      const envPairs = options.envPairs.filter((pair) => pair.startsWith('PATH='));
      return genuineSpawn.call(this, { ...options, envPairs: [...envPairs, 'ADDED=yes'] });
    }),
  'a spawn that starts nothing': () => {
    childProcess.spawn = () => ({ pretended: true });
    syncBuiltinESMExports();
  },
  'an emitter with another prototype': () => Object.setPrototypeOf(ChildProcess.prototype, null),
};

function onConstruction(change) {
  subscribe('child_process', ({ process: child }) => change(child));
}

function replaceMethod(method) {
  ChildProcess.prototype.spawn = method;
}

CHANGES[how]();
const { safeSpawn } = await import('safe-spawn');

async function outcome() {
  try {
    const child = safeSpawn(...args);
    const [chunks, exit] = await Promise.all([child.stdout.toArray(), once(child, 'exit')]);
    return { output: Buffer.concat(chunks).toString(), exit };
  } catch ({ code, message }) {
    return { code, message };
  }
}

console.log(JSON.stringify(await outcome()));
