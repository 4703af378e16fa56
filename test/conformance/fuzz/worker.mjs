// Plays cases, and writes to descriptor 3 which one it begins, and what it found.
import * as nodeProcess from 'node:child_process';
import { writeSync } from 'node:fs';
import { findDifference } from './compare.mjs';
import { makeFixtures } from './fixtures.mjs';
import { generateCase } from './generate.mjs';
import { play } from './play.mjs';

const { seed, indices, folder, stdout, stderr, module } = JSON.parse(process.argv[2]);
const REPORT_FD = 3;

const stock = { ...nodeProcess };
const ours = await import(module ?? 'safe-spawn/child_process');
const fixtures = await makeFixtures(folder, { stdout, stderr });
for (const index of indices) {
  const scenario = generateCase(seed, index);
  report({ index });
  const difference = await findDifference(
    () => play(stock, scenario, fixtures),
    () => play(ours, scenario, fixtures),
  );
  report({ index, difference, isDone: true });
}
process.exit();

function report(message) {
  writeSync(REPORT_FD, `${JSON.stringify(message)}\n`);
}
