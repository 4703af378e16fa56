/** npm run bench: answers each question of bench/questions in numbers. See bench/README.md. */

import { parseCommandLine, usage } from './runner/command-line.mjs';
import { compare, withRatios } from './runner/compare.mjs';
import { describeMachine } from './runner/machine.mjs';
import { measure } from './runner/measure.mjs';
import { buildNative } from './runner/native.mjs';
import { createProgress } from './runner/progress.mjs';
import { loadQuestions } from './runner/questions.mjs';
import { formatClaims, formatReport } from './runner/report.mjs';

const questions = await loadQuestions();
const command = parseCommandLine(process.argv.slice(2), questions);

if (command.unknown.length > 0) {
  console.error(`unknown: ${command.unknown.join(' ')}\n${usage}\n\nquestions:\n${listOf(questions)}`);
  process.exitCode = 2;
} else if (command.help) {
  console.log(usage);
} else if (command.list) {
  console.log(listOf(questions));
} else {
  await answer(command);
}

function listOf(all) {
  return all.map(({ name, title }) => `  ${name.padEnd(16)}${title}`).join('\n');
}

async function answer({ asked, json, quick, effort }) {
  buildNative();
  const progress = createProgress(process.stderr);
  const answers = [];
  for (const question of asked) {
    const begin = performance.now();
    const measured = await measure(
      question,
      { ...question.effort[quick ? 'quick' : 'full'], ...effort },
      progress.show,
    );
    progress.clear();
    const results = withRatios(question, measured);
    const comparisons = compare(question, results);
    answers.push({ ...describeQuestion(question), seconds: secondsSince(begin), results, comparisons });
    if (!json) console.log(formatReport(question, results));
  }
  const run = { machine: describeMachine(), quick, answers };
  console.log(json ? JSON.stringify(run, undefined, 2) : formatClaims(run));
  if (answers.some(hasFailure)) process.exitCode = 1;
}

function secondsSince(begin) {
  return Math.round((performance.now() - begin) / 1000);
}

/** What is needed to understand the results without the question's file. */
function describeQuestion({ name, title, unit, axis, contenders, reference, scenarios }) {
  const places = scenarios.map(({ name, note, plot }) => ({ name, note, plot }));
  return { question: name, title, unit, axis, contenders, reference, scenarios: places };
}

function hasFailure({ results }) {
  return results.some(({ failed }) => failed !== undefined);
}
