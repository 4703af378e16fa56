/** Starts children under the permission model, and prints what became of each and what was reported. */
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { spawnFunction } from '../../helpers/contenders.mjs';

const [, , arm, input] = process.argv;
const { starts, drop } = JSON.parse(input);
const spawn = await spawnFunction(arm);
const reports = [];

// Asking in general whether it has the permission is reported as well, without a resource: only our arm asks.
subscribe('node:permission-model:child', ({ permission, resource }) => {
  if (resource !== '') reports.push({ permission, resource });
});

async function outcome(args) {
  try {
    const child = spawn(...args);
    const [chunks, exit] = await Promise.all([child.stdout.toArray(), once(child, 'exit')]);
    return { exit, output: Buffer.concat(chunks).toString() };
  } catch (error) {
    return { text: String(error), fields: Object.entries(error) };
  }
}

const outcomes = [];
for (const args of starts) outcomes.push(await outcome(args));
if (drop) {
  process.permission.drop('child');
  outcomes.push(await outcome(starts[0]));
}
console.log(JSON.stringify({ outcomes, reports }));
