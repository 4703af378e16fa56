/** node-launch.mjs MODULE FUNCTION STDIO, and what launch-times.mjs says: times a spawn by Node, or by this library. */

import { once } from 'node:events';
import { printLaunchTimes } from './launch-times.mjs';

const [moduleName, functionName, stdio] = process.argv.slice(2);
const { [functionName]: spawn } = await import(moduleName);

await printLaunchTimes((program, onExit) => {
  const child = spawn(program, [], { stdio });
  child.on('exit', onExit);
  return once(child, 'close');
});
