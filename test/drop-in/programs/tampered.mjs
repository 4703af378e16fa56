/** Changes something of Node, loads the library, starts a child, changes it back, and starts another one. */
import childProcess, { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';

const [, , , input] = process.argv;
const { how, args } = JSON.parse(input);

const { constructor: genuineConstructor, spawn: genuineSpawn } = ChildProcess.prototype;

/** Each is what another version of Node, or another library, may do. */
const CHANGES = {
  nothing() {},
  'a field that is unknown': () => changeConstructor('this.killed = false;', '$& this._novelty = 1;'),
  'a field that is missing': () => changeConstructor('this._closesGot = 0;', ''),
  'a field with another value': () => changeConstructor('this._closesNeeded = 1;', 'this._closesNeeded = 2;'),
  'a field with another name': () => changeConstructor('this.spawnfile = null;', 'this.file = null;'),
  'no handle': () => changeConstructor('this._handle = new Process();', ''),
  'no constructor': () => Reflect.deleteProperty(ChildProcess.prototype, 'constructor'),
  'fields of the child and of the handle that are unknown': () =>
    subscribe('child_process', ({ process: child }) => {
      Object.assign(child, { _novelty: 1 });
      Object.assign(child._handle, { onnovelty() {}, [Symbol('novelty')]: 1 });
    }),
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
};

/** As another version of Node may have it. It is never called: no child is constructed to be looked at. */
function changeConstructor(pattern, replacement) {
  const source = String(genuineConstructor);
  const changed = source.replace(pattern, replacement);
  if (changed === source) throw new Error(`there is no ${pattern}`);
  ChildProcess.prototype.constructor = new Function(`return (${changed});`)();
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

const first = await outcome();
if (!Object.isFrozen(ChildProcess.prototype)) {
  Object.defineProperty(ChildProcess.prototype, 'spawn', { value: genuineSpawn, writable: true });
  Object.assign(ChildProcess.prototype, { constructor: genuineConstructor });
}
console.log(JSON.stringify({ first, repaired: await outcome() }));
