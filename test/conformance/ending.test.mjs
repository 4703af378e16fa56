import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { constants } from 'node:os';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { safeSpawn } from 'safe-spawn';
import { fatalProgram } from '../helpers/fatal-program.mjs';
import { eventually } from '../helpers/poll.mjs';
import { stateOf } from '../helpers/processes.mjs';
import { sameAsNode } from './harness.mjs';

const FOREVER = ['sleep', ['1000']];

for (const code of [0, 1, 127, 128, 255]) {
  sameAsNode(`exit code ${code}`, ({ spawn }) => void spawn('sh', ['-c', `exit ${code}`]));
}

/** Those after which a process is dead, and of which none leaves a core: ulimit sees to that. */
const DEADLY = Object.entries(constants.signals).filter(
  ([name]) =>
    !['SIGCHLD', 'SIGCONT', 'SIGURG', 'SIGWINCH', 'SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU'].includes(name),
);

for (const [name, number] of DEADLY) {
  sameAsNode(`death by ${name}`, ({ spawn }) => {
    spawn('sh', ['-c', `ulimit -c 0; kill -${number} $$; exec sleep 1000`]);
  });
}

for (const number of [34, 35, 64]) {
  sameAsNode(`death by signal ${number}, which has no name`, ({ spawn }) => {
    spawn('sh', ['-c', `kill -${number} $$; exec sleep 1000`]);
  });
}

const fatal = fatalProgram();
sameAsNode('a program that the kernel kills while it is executed', ({ spawn }) => void spawn(fatal));

for (const signal of [undefined, 'SIGKILL', 'sigint', 'SIGUSR1', 2, 9]) {
  sameAsNode(`kill(${signal})`, ({ spawn }) => {
    const child = spawn(...FOREVER);
    return [child.kill(0), child.kill(signal), child.killed, child.kill(signal)];
  });
}

sameAsNode('kill() of what is no signal', ({ spawn }) => {
  const child = spawn(...FOREVER);
  const thrown = ['SIGNOTHING', 35, 1000, -1, null, {}, ''].map((signal) => codeOf(() => child.kill(signal)));
  child.kill('SIGKILL');
  return thrown;
});

function codeOf(action) {
  try {
    return action();
  } catch (error) {
    return String(error);
  }
}

sameAsNode('kill() after the exit', async ({ spawn }) => {
  const child = spawn('true');
  await once(child, 'exit');
  return [child.kill(), child.kill(0), child.killed];
});

sameAsNode('kill() in the listener of an exit', async ({ spawn }) => {
  const child = spawn('true');
  await once(child, 'spawn');
  return new Promise((resolve) => child.once('exit', () => resolve([child.kill(), child.killed])));
});

sameAsNode('stop and continue', ({ spawn }) => {
  const child = spawn(...FOREVER);
  const results = [child.kill('SIGSTOP'), child.kill('SIGCONT'), child.killed];
  child.kill('SIGKILL');
  return results;
});

sameAsNode('timeout', ({ spawn }) => {
  spawn('true', { timeout: 0 });
  spawn('true', { timeout: 100_000 });
  return killsOf([undefined, 'SIGKILL', 'sigkill', 2, null], (killSignal) =>
    spawn(...FOREVER, { timeout: 20, killSignal }),
  );
});

/** What `kill()` of the children is called with: a program may have put its own in the place of Node's. */
function killsOf(killSignals, start) {
  return Promise.all(
    killSignals.map(async (killSignal) => {
      const child = start(killSignal);
      const { kill } = child;
      const calls = [];
      child.kill = (...signals) => {
        calls.push(signals);
        return kill.apply(child, signals);
      };
      await new Promise((resolve) => child.once('exit', resolve)); // An abort is an 'error' before it.
      return calls;
    }),
  );
}

sameAsNode('a timeout after which another child still holds the output', ({ spawn }) => {
  spawn('sh', ['-c', 'sleep 0.3 & exit 0'], { timeout: 100 });
});

sameAsNode('signal that is aborted later', async ({ spawn }) => {
  const controller = new AbortController();
  const kills = killsOf([undefined, 'SIGKILL', 9], (killSignal) =>
    spawn(...FOREVER, { signal: controller.signal, killSignal }),
  );
  await delay(5);
  controller.abort(new Error('the reason'));
  return kills;
});

sameAsNode('signal that is aborted at once', ({ spawn }) => {
  const controller = new AbortController();
  spawn(...FOREVER, { signal: controller.signal });
  controller.abort();
});

sameAsNode('signal that is aborted already', ({ spawn }) => {
  spawn(...FOREVER, { signal: AbortSignal.abort('a reason') });
  spawn(...FOREVER, { signal: AbortSignal.abort(), killSignal: 'SIGKILL' });
  spawn('/nonexistent/program', { signal: AbortSignal.abort() });
});

sameAsNode('signal that is aborted after the exit', async ({ spawn }) => {
  const controller = new AbortController();
  const child = spawn('true', { signal: controller.signal });
  await once(child, 'close');
  controller.abort();
});

sameAsNode('signal and timeout together', ({ spawn }) => {
  spawn(...FOREVER, { signal: AbortSignal.timeout(10_000), timeout: 10 });
  spawn(...FOREVER, { signal: AbortSignal.timeout(10), timeout: 10_000 });
});

sameAsNode('listeners that a signal and a timeout leave on the child', ({ bare }) => {
  const child = bare('true', { signal: new AbortController().signal, timeout: 1000 });
  return ['exit', 'close', 'error', 'spawn'].map((event) => child.listenerCount(event));
});

sameAsNode('Symbol.dispose', ({ spawn }) => {
  const child = spawn(...FOREVER);
  child[Symbol.dispose]();
  child[Symbol.dispose]();
  return child.killed;
});

sameAsNode('close waits for the output, exit does not', async ({ spawn }) => {
  const child = spawn('sh', ['-c', 'exec 3<&0; (read line <&3; echo late) & exit 3']);
  const order = [];
  for (const event of ['exit', 'close']) child.on(event, () => order.push(event));
  child.stdout.on('data', () => order.push('data'));
  await once(child, 'close');
  return order;
});

sameAsNode('output that nobody reads does not keep the end from coming', ({ bare }) => {
  const child = bare('sh', ['-c', 'head -c 30000 /dev/zero']);
  return once(child, 'close');
});

sameAsNode('ref and unref return nothing', ({ spawn }) => {
  const child = spawn('true');
  return [child.ref(), child.unref(), child.ref()];
});

test('a wrong signal is reported after the launch, and no child is left', async () => {
  const signal = { aborted: false };
  const spawned = [];
  const remember = ({ process: child }) => spawned.push(child);
  subscribe('child_process', remember);
  assert.throws(() => safeSpawn(...FOREVER, { signal }), TypeError);
  unsubscribe('child_process', remember);
  await eventually('the child is gone', () => stateOf(spawned[0].pid) === undefined);
});
