// Makes one call with one module, and records all that can be seen of its outcome.
import { createRequire } from 'node:module';
import { inspect, promisify } from 'node:util';
import { describeChild, show } from '../describe.mjs';

const EVENTS = ['spawn', 'error', 'exit', 'close', 'disconnect', 'message'];
const RESULTS = ['callback', 'resolved', 'rejected'];
/** Cases end by themselves. One that does not is killed, and the outcome says so. */
const WATCHDOG_MS = 5000;
/** Enough for whatever still comes, where no event tells that nothing does. */
const SETTLED_MS = 50;
const require = createRequire(import.meta.url);

export async function play(module, scenario, fixtures) {
  const fresh = fixtures.fresh();
  const record = { events: [] };
  const fail = (error) => record.events.push(['uncaught', show(error)]);
  process.on('uncaughtException', fail);
  try {
    await new Recording(module, scenario, fresh, record).run();
  } finally {
    process.off('uncaughtException', fail);
    record.files = fresh.end();
  }
  return record;
}

class Recording {
  #module;
  #scenario;
  #fixtures;
  #record;

  constructor(module, scenario, fixtures, record) {
    this.#module = module;
    this.#scenario = scenario;
    this.#fixtures = fixtures;
    this.#record = record;
  }

  async run() {
    const returned = this.#try('threw', () => this.#call());
    if (this.#scenario.isPromise && returned instanceof Promise) {
      returned.then(
        (value) => this.#note('resolved', value),
        (error) => this.#note('rejected', error),
      );
    }
    const child = this.#scenario.isPromise ? returned?.child : returned;
    if (typeof child?.on === 'function') await this.#follow(child);
    else this.#record.returned = show(returned);
  }

  #call() {
    const { call, isPromise } = this.#scenario;
    const { exec, execFile } = this.#module;
    const m = isPromise ? { exec: promisify(exec), execFile: promisify(execFile) } : this.#module;
    const done = (...results) => this.#note('callback', ...results);
    return new Function('m', 'fx', 'done', 'require', `return ${call}`)(
      m,
      this.#fixtures.values,
      done,
      require,
    );
  }

  async #follow(child) {
    this.#record.start = describeChild(child);
    const closed = new Promise((resolve) => {
      for (const event of ['close', 'close after disconnect']) child.once(event, resolve);
    });
    for (const event of EVENTS) child.on(event, (...values) => this.#note(event, ...values));
    this.#record.output = collectOutput(child);
    this.#act(child);
    await this.#closed(child, closed);
    this.#record.end = describeChild(child);
    this.#record.output = Object.entries(this.#record.output).map(([fd, chunks]) => [
      fd,
      show(Buffer.concat(chunks)),
    ]);
    this.#leaveOutChance();
  }

  /** Whether a child ends before it is killed for too much output, and how much came until then, depends on chance. */
  #leaveOutChance() {
    const { events } = this.#record;
    if (!inspect(events, { depth: Infinity }).includes('ERR_CHILD_PROCESS_STDIO_MAXBUFFER')) return;
    this.#record.events = events.filter(([event]) => RESULTS.includes(event));
    delete this.#record.output;
    delete this.#record.end;
  }

  /** A child that failed to start emits 'close' on some ways and none on others. */
  async #closed(child, closed) {
    const failed = new Promise((resolve) => {
      if (child.pid === undefined) child.once('error', () => setTimeout(resolve, SETTLED_MS));
    });
    let timer;
    const watchdog = new Promise((resolve) => {
      timer = setTimeout(() => {
        this.#note('watchdog');
        if (child.pid !== undefined) child.kill('SIGKILL');
        for (const stream of child.stdio ?? []) stream?.destroy();
        setTimeout(resolve, SETTLED_MS);
      }, WATCHDOG_MS);
    });
    await Promise.race([closed, failed, watchdog]);
    clearTimeout(timer);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  }

  #act(child) {
    const { name, after } = this.#scenario;
    const { input, end, refs, message } = after;
    if (refs) this.#try('refs', () => [child.unref(), child.ref()]);
    if (name === 'fork') this.#talk(child, message);
    if (input !== undefined) child.stdin?.write(input);
    for (const stream of child.stdio ?? []) if (stream?.writable) stream.end();
    if (end?.endsWith(' on spawn')) child.once('spawn', () => this.#end(child, end.split(' ')[0]));
    else if (end !== undefined) this.#end(child, end);
  }

  /** The child greets, and answers the message. Then the channel is closed, which lets the child end. */
  #talk(child, message) {
    let expected = message === undefined ? 1 : 2;
    child.on('message', () => {
      expected -= 1;
      if (expected === 0 && child.connected) this.#disconnect(child);
    });
    if (message !== undefined) child.once('spawn', () => this.#send(child, message));
  }

  #send(child, message) {
    const isSent = this.#try('send', () =>
      child.send(this.#evaluate(message), (error) => this.#note('sent', error)),
    );
    if (isSent === undefined && child.connected) this.#disconnect(child);
  }

  /** After it Node emits no 'close'. */
  #disconnect(child) {
    child.once('exit', () => setTimeout(() => child.emit('close after disconnect'), SETTLED_MS));
    child.disconnect();
  }

  #end(child, way) {
    // On one that failed to start, Node 20 signals process 0: its own process group.
    if (child.pid === undefined) return;
    const usesSignal = this.#scenario.call.includes('fx.signal');
    if (way === 'abort' && usesSignal) this.#fixtures.abort();
    else if (way === 'dispose') child[Symbol.dispose]?.();
    else
      this.#try('kill', () => this.#note('killed', child.kill(this.#evaluate(this.#scenario.after.signal))));
  }

  #evaluate(text) {
    return new Function(`return ${text}`)();
  }

  #try(what, act) {
    try {
      return act();
    } catch (error) {
      this.#note(what, error);
      return undefined;
    }
  }

  #note(event, ...values) {
    this.#record.events.push([event, ...values.map((value) => show(value))]);
  }
}

function collectOutput(child) {
  const output = {};
  for (const [fd, stream] of (child.stdio ?? []).entries()) {
    stream?.on('error', () => {
      // A child that ended without reading its input.
    });
    if (fd === 0 || !stream?.readable) continue;
    output[fd] = [];
    stream.on('data', (data) => output[fd].push(Buffer.from(data)));
  }
  return output;
}
