/** Measures a question: rounds over all its processes, in turn. */

import { runJob } from './job.mjs';
import { cellsOf } from './questions.mjs';
import { median, summarize } from './statistics.mjs';

/**
 * @param {object} question
 * @param {{ rounds: number, samples: number, milliseconds: number }} effort
 * @param {(text: string) => void} progress told what is being measured
 * @returns {Promise<object[]>} each cell with { summary, rounds, facts }, { unavailable } or { failed }; `rounds`
 *   are the medians of the rounds
 */
export async function measure(question, effort, progress) {
  const entries = cellsOf(question).map(toEntry);
  for (let round = 1; round <= effort.rounds; round++) {
    for (const group of groupsOf(question, entries.filter(isInTheRace))) {
      progress(`${question.name}: round ${round} of ${effort.rounds}, ${describe(question, group)}`);
      await measureGroup(question, effort, group);
    }
  }
  return entries.map(toResult);
}

function toEntry(cell) {
  const { unavailable } = cell.scenario;
  return { cell, rounds: [], outcome: unavailable === undefined ? undefined : { unavailable } };
}

/** Once out, a contender is never counted, however far it came. */
function isInTheRace({ outcome }) {
  return outcome?.unavailable === undefined && outcome?.failed === undefined;
}

/** The entries that share a process. */
function groupsOf({ processOf = ownProcess }, entries) {
  const groups = new Map();
  for (const entry of entries) {
    const name = processOf(entry.cell.scenario, entry.cell.contender);
    groups.set(name, [...(groups.get(name) ?? []), entry]);
  }
  return groups.values();
}

function ownProcess(scenario, contender) {
  return `${contender} ${scenario.name}`;
}

function describe({ contenders }, group) {
  const labels = new Set(group.map(({ cell }) => contenders[cell.contender]));
  return `${[...labels].join(', ')}; ${group[0].cell.scenario.name}`;
}

async function measureGroup({ href }, effort, group) {
  const outcomes = await runJob({ href, cells: group.map(({ cell }) => cell), effort });
  for (const [index, entry] of group.entries()) {
    entry.outcome = outcomes[index];
    if (isInTheRace(entry)) entry.rounds.push(outcomes[index].values);
  }
}

function toResult(entry) {
  const { cell, rounds, outcome } = entry;
  const base = { contender: cell.contender, scenario: cell.scenario.name };
  if (!isInTheRace(entry)) return { ...base, ...outcome };
  return { ...base, summary: summarize(rounds.flat()), rounds: rounds.map(median), facts: outcome.facts };
}
