/** The pages that are made from results. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaced } from '../../tools/generated.mjs';
import { formatDocument } from './markdown.mjs';
import { plotsOf } from './plots.mjs';
import { formatSummary } from './summary.mjs';

/** Where the plots are, in the project. */
export const PLOTS = 'docs/plots';

/** The run of the whole benchmark, on a real machine. */
const WHOLE = 'bench';

const MARKS = ['<!-- summary: written by npm run bench:report -->', '<!-- end of the summary -->'];

/** @returns {{ pages: { path: string, text: string }[], plots: object[] }} as they have to be */
export function pagesOf(results, project) {
  const runs = readRuns(results);
  const plots = runs.flatMap(plotsOf);
  const document = {
    path: join(project, 'docs/benchmarks.md'),
    text: formatDocument(runs, plots, ({ file }) => `plots/${file}`),
  };
  const readmes = runs.filter(({ name }) => name === WHOLE).map((run) => readmeOf(run, plots, project));
  return { pages: [document, ...readmes], plots };
}

function readmeOf(run, plots, project) {
  const path = join(project, 'README.md');
  const own = plots.filter((plot) => plot.run === run.name);
  return {
    path,
    text: replaced(
      path,
      MARKS,
      formatSummary(run, own, ({ file }) => `${PLOTS}/${file}`),
    ),
  };
}

function readRuns(directory) {
  const files = readdirSync(directory)
    .filter((file) => file.endsWith('.json'))
    .sort();
  if (files.length === 0) throw new Error(`no results in ${directory}`);
  return files.map((file) => ({
    name: file.slice(0, -'.json'.length),
    ...JSON.parse(readFileSync(join(directory, file), 'utf8')),
  }));
}
