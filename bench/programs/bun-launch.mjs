/** bun-launch.mjs, and what launch-times.mjs says: times Bun.spawn. Runs in Bun. */

import { printLaunchTimes } from './launch-times.mjs';

const stdio = ['ignore', 'ignore', 'ignore'];

await printLaunchTimes((program, onExit) => globalThis.Bun.spawn([program], { stdio }).exited.then(onExit));
