/**
 * npm run bench:report: makes docs/benchmarks.md and its plots from bench/results/*.json, and a part of README.md from
 * bench/results/bench.json.
 *
 * index.mjs [RESULTS PROJECT]: the directories, if they are others.
 */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawPlot } from './draw.mjs';
import { PLOTS, pagesOf } from './pages.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [results = join(root, 'bench/results'), project = root] = process.argv.slice(2);

const { pages, plots } = pagesOf(results, project);
writePlots(join(project, PLOTS));
for (const { path, text } of pages) writeFileSync(path, text);
console.log(`${pages.length} pages, ${plots.length} plots`);

/** Those of an earlier run go. */
function writePlots(directory) {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const plot of plots) writeFileSync(join(directory, plot.file), `${drawPlot(plot)}\n`);
}
