/** Registers and undoes it, with other tools in between, and prints what is in place each time. */
import childProcess, { ChildProcess } from 'node:child_process';
import { register } from 'safe-spawn';

const NAMES = ['spawn', 'exec', 'execFile', 'fork', 'spawnSync', 'execSync', 'execFileSync'];
const original = { ...childProcess, method: ChildProcess.prototype.spawn };

function isOriginal() {
  const functions = NAMES.every((name) => childProcess[name] === original[name]);
  return functions && ChildProcess.prototype.spawn === original.method;
}

function isReplaced() {
  const functions = NAMES.every((name) => childProcess[name] !== original[name]);
  return functions && ChildProcess.prototype.spawn !== original.method;
}

const seen = {};
const undo = register();
seen.registered = isReplaced();
const undoSecond = register();
undo();
seen.afterOneOfTwo = isReplaced();
undo();
seen.afterTheSameAgain = isReplaced();
undoSecond();
seen.afterBoth = isOriginal();

const undoThird = register();
const wrapper = (...parameters) => original.spawn(...parameters);
const method = function spawn(...parameters) {
  return original.method.apply(this, parameters);
};
childProcess.spawn = wrapper;
ChildProcess.prototype.spawn = method;
undoThird();
seen.wrapperStays = childProcess.spawn === wrapper && ChildProcess.prototype.spawn === method;
seen.othersAreRestored = childProcess.exec === original.exec;
process.stdout.write(JSON.stringify(seen));
