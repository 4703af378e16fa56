/** Loads the library in surroundings that a program may have made, starts children, and prints what was seen of them. */
import { AsyncLocalStorage, AsyncResource, createHook, executionAsyncResource } from 'node:async_hooks';
import { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import domain from 'node:domain';
import { EventEmitter, once } from 'node:events';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { STOCK } from '../../helpers/contenders.mjs';

const [, , arm, input] = process.argv;
const { how } = JSON.parse(input);
const storage = new AsyncLocalStorage();
const mark = Symbol('mark');
const seen = { resources: 0, announced: 0 };

/** Each calls `inside`, before which the library was not loaded. */
const SURROUNDINGS = {
  'AsyncLocalStorage.run()': (inside) => storage.run('store', inside),
  'AsyncLocalStorage.enterWith()': (inside) => {
    storage.enterWith('store');
    return inside();
  },
  'an AsyncResource': (inside) => new AsyncResource('Test').runInAsyncScope(inside),
  'a domain': (inside) => domain.create().run(inside),
  'a hook that marks resources': (inside) => {
    createHook({
      init(_id, _type, _trigger, resource) {
        resource[mark] = true;
        resource.mark = 'text';
      },
      before: () => Object.assign(executionAsyncResource(), { before: true }),
    }).enable();
    return inside();
  },
  'a subscriber that marks children': (inside) => {
    subscribe('child_process', ({ process: child }) => {
      child[mark] = true;
      child._handle.mark = 'text';
    });
    return inside();
  },
  'a method that is wrapped': (inside) => {
    const { spawn } = ChildProcess.prototype;
    ChildProcess.prototype.spawn = function wrapped(...args) {
      this[mark] = true;
      return Reflect.apply(spawn, this, args);
    };
    return inside();
  },
  'emitters that are marked': (inside) => {
    const { init } = EventEmitter;
    EventEmitter.init = function initialize(...args) {
      this[mark] = true;
      return Reflect.apply(init, this, args);
    };
    return inside();
  },
  'a Worker': async (inside) => {
    if (!isMainThread) return parentPort.postMessage(await inside());
    const worker = new Worker(new URL(import.meta.url), { argv: [arm, input] });
    return (await once(worker, 'message'))[0];
  },
  'flags alone': (inside) => inside(),
};

async function inside() {
  const { spawn, exec, execFileSync } = await import(
    arm === STOCK ? 'node:child_process' : 'safe-spawn/child_process'
  );
  if (how === 'flags alone') count();
  const child = spawn('echo', ['spawned'], { timeout: 60_000 });
  const exit = once(child, 'exit').then((values) => ({ values, store: storage.getStore() }));
  const [chunks, ended] = await Promise.all([child.stdout.toArray(), exit]);
  const talk = spawn(process.execPath, ['-e', 'process.on("message", process.send)'], {
    stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
  });
  talk.send('text');
  const [answer] = await once(talk, 'message');
  talk.disconnect();
  const cat = spawn('cat');
  cat.stdin.end('through both pipes');
  const copied = String(await cat.stdout.toArray());
  const collected = await new Promise((resolve) => exec('echo by exec', (_, stdout) => resolve(stdout)));
  const sync = String(execFileSync('echo', ['at once']));
  return { output: String(chunks), ended, answer, copied, collected, sync, seen };
}

/** No child may be seen but those that were asked for. */
function count() {
  createHook({
    init(_id, type) {
      if (type === 'PROCESSWRAP') seen.resources += 1;
    },
  }).enable();
  subscribe('child_process', () => {
    seen.announced += 1;
  });
}

const results = await SURROUNDINGS[how](inside);
if (isMainThread) console.log(JSON.stringify(results));
