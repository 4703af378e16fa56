/**
 * npm run bench:report: makes docs/benchmarks.md and its plots from bench/results/*.json.
 *
 * index.mjs [RESULTS DOCS]: the directories, if they are others.
 */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatDocument } from './markdown.mjs';
import { drawPlot, plotsOf } from './plots.mjs';

const [results = inProject('bench/results'), docs = inProject('docs')] = process.argv.slice(2);
const PLOTS = 'plots';

const runs = readRuns();
const plots = runs.flatMap(plotsOf);
writePlots(plots);
writeFileSync(
  join(docs, 'benchmarks.md'),
  formatDocument(runs, plots, (plot) => `${PLOTS}/${plot.file}`),
);
console.log(`${runs.length} runs, ${plots.length} plots`);

function inProject(path) {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

function readRuns() {
  const files = readdirSync(results)
    .filter((file) => file.endsWith('.json'))
    .sort();
  if (files.length === 0) throw new Error(`no results in ${results}`);
  return files.map((file) => ({
    name: file.slice(0, -'.json'.length),
    ...JSON.parse(readFileSync(join(results, file), 'utf8')),
  }));
}

/** Those of an earlier run go. */
function writePlots(all) {
  const directory = join(docs, PLOTS);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const plot of all) writeFileSync(join(directory, plot.file), `${drawPlot(plot)}\n`);
}
