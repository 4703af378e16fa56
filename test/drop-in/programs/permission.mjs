/** Starts children under the permission model, and prints what became of each and what was reported. */
import * as nodeProcess from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { STOCK } from '../../helpers/contenders.mjs';

const [, , arm, input] = process.argv;
const { name, starts, drop } = JSON.parse(input);
const module = arm === STOCK ? nodeProcess : await import('safe-spawn/child_process');
const reports = [];

// Asking in general whether it has the permission is reported as well, without a resource: only our arm asks.
subscribe('node:permission-model:child', ({ permission, resource }) => {
  if (resource !== '') reports.push({ permission, resource });
});

async function outcome(args) {
  try {
    return await end(module[name](...args));
  } catch (error) {
    return { text: String(error), fields: Object.entries(error).map(readable) };
  }
}

/** Of a child, of the result of spawnSync, or of what the other synchronous functions return. */
async function end(started) {
  if (typeof started.on !== 'function') return { output: String(started.stdout ?? started) };
  const [chunks, exit] = await Promise.all([started.stdout.toArray(), once(started, 'exit')]);
  return { exit, output: Buffer.concat(chunks).toString() };
}

function readable([field, value]) {
  return [field, value instanceof Error ? String(value) : value];
}

const outcomes = [];
for (const args of starts) outcomes.push(await outcome(args));
if (drop) {
  process.permission.drop('child');
  outcomes.push(await outcome(starts[0]));
}
console.log(JSON.stringify({ outcomes, reports }));
