/** What APM tools do: wrap functions, wrap the method, subscribe to channels; before and after register(). */
import childProcess, { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { register } from 'safe-spawn';
import { LEAK, openLeak } from './leak.mjs';

const { when } = JSON.parse(process.argv[2]);
const script = `test -e /proc/self/fd/${LEAK} && echo leak || echo none`;
const calls = { spawn: 0, exec: 0, execFile: 0, spawnSync: 0, method: 0, constructed: 0 };

function wrap() {
  for (const name of ['spawn', 'exec', 'execFile', 'spawnSync']) {
    const inner = childProcess[name];
    childProcess[name] = function (...parameters) {
      calls[name] += 1;
      return inner.apply(this, parameters);
    };
  }
  const method = ChildProcess.prototype.spawn;
  ChildProcess.prototype.spawn = function (options) {
    calls.method += 1;
    const envPairs = [...(options.envPairs ?? []), 'WRAPPED=yes'];
    return method.call(this, { ...options, envPairs });
  };
}

async function textOf(child) {
  const chunks = child.stdout.setEncoding('utf8').toArray();
  await once(child, 'close');
  return (await chunks).join('').trim();
}

subscribe('child_process', () => {
  calls.constructed += 1;
});
if (when === 'before') wrap();
register();
if (when === 'after') wrap();
openLeak();
const seen = {
  spawn: await textOf(childProcess.spawn('sh', ['-c', `${script}; echo $WRAPPED`])),
  exec: await textOf(childProcess.exec(`${script}; echo $WRAPPED`)),
  execFile: await textOf(childProcess.execFile('sh', ['-c', `${script}; echo $WRAPPED`])),
  spawnSync: String(childProcess.spawnSync('sh', ['-c', script]).stdout).trim(),
};
process.stdout.write(JSON.stringify({ seen, calls }));
