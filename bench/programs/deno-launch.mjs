/** deno-launch.mjs, and what launch-times.mjs says: times Deno.Command. Runs in Deno, with --allow-all. */

import process from 'node:process';
import { printLaunchTimes } from './launch-times.mjs';

const stdio = { stdin: 'null', stdout: 'null', stderr: 'null' };

await printLaunchTimes((program, onExit) =>
  new globalThis.Deno.Command(program, stdio).spawn().status.then(({ code }) => onExit(code)),
);

// Deno would end by itself, were it not for what is held.
process.exit();
