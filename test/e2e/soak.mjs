/**
 * npm run soak: what many spawns leave behind. Takes some minutes, with --quick some seconds; not part of npm test.
 *
 * Each part runs twice in a process of its own: as it is, and with a fault on purpose. The second run has to be found
 * out, or the part proves nothing.
 */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { countWaits } from '../../bench/runner/count-waits.mjs';
import { buildNative } from '../../bench/runner/native.mjs';
import { createProgress } from '../../bench/runner/progress.mjs';
import { reasonOf } from '../../bench/runner/reason.mjs';

const run = promisify(execFile);
const progress = createProgress(process.stderr);
const MEBIBYTE = 2 ** 20;
const ofNode = ['node:child_process', 'spawn'];
const ofLibrary = ['safe-spawn', 'safeSpawn'];

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const pick = (full, quick) => (options.quick ? quick : full);

const parts = [
  {
    title: `${pick(10_000, 500)} failed and as many good spawns leave no descriptor, no pidfd and no child`,
    measure: (fault) => runPart('leftovers.mjs', pick(10_000, 500), fault),
    isFine: ({ descriptors, pidfds, children }) => descriptors === 0 && pidfds === 0 && children === 0,
    isFoundOut: ({ descriptors, pidfds, children }) => descriptors > 0 && pidfds > 0 && children > 0,
  },
  {
    title: `memory grows by less than 3 MiB over ${pick(100_000, 6_000)} spawns after warm-up`,
    measure: (fault) => runPart('memory.mjs', pick(100_000, 6_000), fault),
    isFine: ({ grownBy }) => grownBy < 3 * MEBIBYTE,
    isFoundOut: ({ grownBy }) => grownBy >= 3 * MEBIBYTE,
  },
  {
    title: `the wait calls for ${pick(200, 20)} exits do not depend on ${pick(1_000, 100)} other live children`,
    measure: (fault) => countWaitsOf(fault ? ofNode : ofLibrary),
    isFine: ({ skipped, waitsPerExit }) => skipped !== undefined || waitsPerExit < 4,
    isFoundOut: ({ skipped, waitsPerExit }) => skipped !== undefined || waitsPerExit >= pick(1_000, 100),
  },
];

/** child_process asks for each live child at each exit. */
async function countWaitsOf(spawner) {
  const waitsPerExit = await countWaits(pick(1_000, 100), pick(200, 20), spawner);
  return waitsPerExit === undefined ? { skipped: 'strace is not installed' } : { waitsPerExit };
}

async function runPart(program, count, fault) {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const { stdout } = await run(process.execPath, [
    '--expose-gc',
    '--max-semi-space-size=1',
    path,
    String(count),
    String(fault),
  ]);
  return JSON.parse(stdout);
}

async function runArm(title, measure, isRight) {
  const begin = Date.now();
  progress.show(`running: ${title.trim()}`);
  const { right, text } = await measure().then(
    (found) => ({ right: isRight(found), text: JSON.stringify(found) }),
    (error) => ({ right: false, text: reasonOf(error) }),
  );
  progress.clear();
  const seconds = Math.round((Date.now() - begin) / 1000);
  console.log(`${right ? 'ok    ' : 'FAILED'} ${title}\n       ${text} in ${seconds} s`);
  if (!right) process.exitCode = 1;
}

buildNative();
for (const { title, measure, isFine, isFoundOut } of parts) {
  await runArm(title, () => measure(false), isFine);
  await runArm('  and a fault on purpose is found out', () => measure(true), isFoundOut);
}
