/** Starts children while no descriptor is left, or only a few, and prints what became of each. */
import { closeSync, openSync, readdirSync } from 'node:fs';
import { spawnFunction } from '../../helpers/contenders.mjs';
import { describeChild, describeError } from '../harness.mjs';

const [, , arm, input] = process.argv;
const { free, forms } = JSON.parse(input);
const spawn = await spawnFunction(arm);

function fill() {
  const fds = [];
  try {
    for (;;) fds.push(openSync('/dev/null', 'r'));
  } catch {
    return fds;
  }
}

async function outcome(stdio) {
  const filling = fill();
  for (const fd of filling.splice(0, free)) closeSync(fd);
  const events = [];
  const seen = { events };
  try {
    const child = spawn('true', [], { stdio });
    for (const event of ['error', 'exit', 'close']) {
      child.on(event, (...values) => {
        events.push([
          event,
          ...values.map((value) => (value instanceof Error ? describeError(value) : value)),
        ]);
      });
    }
    seen.child = describeChild(child);
    await new Promise((resolve) => child.once('close', resolve));
  } catch (error) {
    seen.thrown = describeError(error);
  }
  for (const fd of filling) closeSync(fd);
  return seen;
}

const outcomes = [];
const before = readdirSync('/proc/self/fd').length;
for (const stdio of forms) outcomes.push(await outcome(stdio));
const after = readdirSync('/proc/self/fd').length;
console.log(JSON.stringify({ outcomes, left: after - before }));
