/** What README.md shows of a run: two plots and the multiples. */

import { formatDuration, formatNumber } from '../runner/table.mjs';
import { countedResult } from './groups.mjs';
import { formatTable } from './markdown.mjs';

/** The names of the questions and of their scenarios. */
const MULTIPLES = [
  ['for how long a launch blocks the thread', 'open-fds', '0 descriptors, until the call returns'],
  ['the same beside 19,000 open descriptors', 'open-fds', '19,000 descriptors, until the call returns'],
  ['the same in a parent with 2 GB of Buffers', 'parent-memory', "2 GB, stdio 'ignore'"],
  ['writing to all of these 2 GB afterwards', 'copy-on-write', '2 GB of Buffers'],
  ['time on the processor for the end of a child while 5,000 live', 'live-children', '5,000 live children'],
  ['programs a second, 64 at once', 'burst', '64 at once'],
];

const PLOTS = ['close-loop', 'parent-memory'];

/**
 * @param {object} run as for formatDocument
 * @param {object[]} plots those of the run
 * @param {(plot: object) => string} addressOf
 */
export function formatSummary(run, plots, addressOf) {
  const { node, kernel, processor } = run.machine;
  return [
    ...formatTable([
      ['', '`child_process`', 'safe-spawn', ''],
      ...MULTIPLES.map(([label, ...place]) => [label, ...multiple(run, ...place)]),
    ]).slice(1),
    '',
    formatLimits(run),
    '',
    `(Medians. Node ${node}, Linux ${kernel}, ${processor}.)`,
    ...PLOTS.flatMap((question) => {
      const plot = plots.find((candidate) => candidate.question === question);
      return ['', `![${plot.title}](${addressOf(plot)})`];
    }),
  ].join('\n');
}

function multiple(run, question, scenario) {
  const { unit } = answerOf(run, question);
  const [theirs, ours] = ['childProcess', 'ours'].map((contender) =>
    medianOf(run, question, contender, scenario),
  );
  const factor = Math.max(theirs, ours) / Math.min(theirs, ours);
  const isLess = ours < theirs;
  const values = [theirs, ours].map((value) =>
    unit === 'microseconds' ? formatDuration(value) : formatNumber(value),
  );
  return [...values, `${formatNumber(factor)} times ${isLess ? 'less' : 'more'}`];
}

function formatLimits(run) {
  const growth = (contender) => {
    const [small, large] = ['limit 1,024', 'limit 1,048,576'].map((scenario) =>
      medianOf(run, 'close-loop', contender, scenario),
    );
    return formatNumber(large / small);
  };
  return (
    `With a limit of 1,048,576 descriptors in the place of 1,024 a launch takes ${growth('ours')} times as long; ` +
    `with a loop of \`close()\` in C, ${growth('loop')} times.`
  );
}

function medianOf(run, question, contender, scenario) {
  const result = countedResult(answerOf(run, question), contender, { name: scenario });
  if (result === undefined) throw new Error(`${run.name} lacks ${contender} in ${question}, ${scenario}`);
  return result.summary.median;
}

function answerOf(run, question) {
  const answer = run.answers.find((candidate) => candidate.question === question);
  if (answer === undefined) throw new Error(`${run.name} lacks ${question}`);
  return answer;
}
