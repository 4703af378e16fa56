/** What there is to plot: one line a contender. */

import { countedResult, groupsOf } from './groups.mjs';

/** @returns {{ file: string, title: string, axis: string, unit: string, ticks: object[], lines: object[] }[]} of one run */
export function plotsOf(run) {
  return run.answers.flatMap((answer) =>
    groupsOf(answer)
      .filter(({ name, scenarios }) => name !== undefined && scenarios.length > 2)
      .map(({ name, scenarios }) => ({
        file: fileOf(run, answer, name),
        run: run.name,
        question: answer.question,
        name,
        title: [...new Set([answer.title, name])].join(', '),
        axis: answer.axis,
        unit: answer.unit,
        ticks: scenarios.map(({ plot }) => plot),
        lines: linesOf(answer, scenarios),
      })),
  );
}

function fileOf(run, { question, title }, name) {
  const parts = [run.name, question, ...(name === title ? [] : [name])];
  return `${parts.join('-').match(/\w+/g).join('-')}.svg`;
}

function linesOf(answer, scenarios) {
  return Object.entries(answer.contenders)
    .map(([contender, label]) => ({ contender, label, points: pointsOf(answer, contender, scenarios) }))
    .filter(({ points }) => points.length > 1);
}

function pointsOf(answer, contender, scenarios) {
  return scenarios.flatMap((scenario) => {
    const result = countedResult(answer, contender, scenario);
    return result === undefined ? [] : [[scenario.plot.x, result.summary.median]];
  });
}
