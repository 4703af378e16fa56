/**
 * exits.mjs LIVE EXITS MODULE FUNCTION: children that live on, and meanwhile others that end, one after another.
 *
 * Marks the beginning and the end of the exits with a system call that is easy to find in a trace.
 */

import { once } from 'node:events';
import { accessSync } from 'node:fs';
import { builtProgram } from '../runner/native.mjs';

const [live, exits, moduleName, functionName] = process.argv.slice(2);
const { [functionName]: spawn } = await import(moduleName);

function mark(name) {
  try {
    accessSync(`/mark-in-the-trace/${name}`);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

/** It ends with its input, so none is left behind should this process fail. */
const startLongLived = () => spawn('cat', [], { stdio: ['pipe', 'ignore', 'ignore'] });

const children = Array.from({ length: Number(live) }, startLongLived);
mark('begin');
for (let i = 0; i < Number(exits); i++)
  await once(spawn(builtProgram('tiny'), [], { stdio: 'ignore' }), 'exit');
mark('end');

await Promise.all(
  children.map((child) => {
    child.stdin.end();
    return once(child, 'exit');
  }),
);
