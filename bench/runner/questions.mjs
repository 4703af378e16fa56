/**
 * The questions, one file each in bench/questions. A file exports one function per contender, and by default:
 *
 *   title        one line
 *   unit         of all values
 *   scenarios    [{ name, note?, unavailable?, contenders?, plot?, ... }], plain data that is handed to the contenders:
 *                `contenders` names those that take part, without it all do; `plot` is { name, x, label }, its place in a plot
 *   axis         what the x of the plots is
 *   contenders   { name of an export: label in the tables }
 *   reference    name of the contender to which the others are compared
 *   effort       { full, quick }, each { rounds, samples, milliseconds }: per contender and round, whichever comes first
 *   processOf    (scenario, contender) => name of the process that measures them; without it, each has its own. One is
 *                enough for contenders that are programs
 *   prepare      (scenario) => void, run in each process after its contenders were called, before the first sample
 *   comparisons  [{ label, of, to, atMost?, atLeast?, emulated? }]: quotients of two medians, each named by [contender,
 *                scenario name]; `atMost` and `atLeast` are bounds
 *                against regression, with `emulated` also on an emulated machine
 *
 * A contender is called as contender(scenario, effort) and returns, or resolves to, { sample, facts?, batch?, warmUp? }.
 * `sample` returns or resolves to an array of values, and is called again and again, at first `warmUp` times in vain; with
 * `batch`, once. `facts` are further columns of its row. A contender throws Unavailable where it can't run.
 */

import { readdir } from 'node:fs/promises';

const directory = new URL('../questions/', import.meta.url);

/** All questions, by name. */
export async function loadQuestions() {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.mjs')).sort();
  return Promise.all(files.map(loadQuestion));
}

async function loadQuestion(file) {
  const { href } = new URL(file, directory);
  const { default: question } = await import(href);
  return { ...question, name: file.slice(0, -'.mjs'.length), href };
}

/** Every contender in every scenario. */
export function cellsOf(question) {
  const all = Object.keys(question.contenders);
  return question.scenarios.flatMap((scenario) =>
    all
      .filter((name) => scenario.contenders?.includes(name) ?? true)
      .map((contender) => ({ scenario, contender })),
  );
}
