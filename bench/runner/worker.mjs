/**
 * One round of some contenders, in a process of its own.
 *
 * argv: a job { href, cells: [{ scenario, contender }], effort } as JSON. Sends one message, an outcome for each cell:
 * { values, facts } or { unavailable: reason } or { failed: reason }.
 */

import { performance } from 'node:perf_hooks';

const WARM_UP = 5;

const { href, cells, effort } = JSON.parse(process.argv[2]);
const question = await import(href);

const entrants = await Promise.all(cells.map(enter));
await question.default.prepare?.(cells[0].scenario);
for (const entrant of entrants.filter(isRunning)) await warmUp(entrant);
for (let i = 0; i < effort.samples && entrants.some(isRunning); i++)
  await takeTurns(entrants.filter(isRunning));
process.send(entrants.map(({ outcome }) => outcome));
process.disconnect();

async function enter({ scenario, contender }) {
  const entrant = { outcome: {}, spent: 0 };
  await guard(entrant, async () => {
    const contestant = await question[contender](scenario, effort);
    const { sample, facts = {}, batch = false, warmUp = batch ? 0 : WARM_UP } = contestant;
    Object.assign(entrant, { sample, batch, warmUp, outcome: { values: [], facts } });
  });
  return entrant;
}

function isRunning({ outcome: { values }, batch, spent }) {
  if (values === undefined) return false;
  if (batch) return values.length === 0;
  return values.length < effort.samples && spent < effort.milliseconds;
}

async function warmUp(entrant) {
  await guard(entrant, async () => {
    for (let i = 0; i < entrant.warmUp; i++) await entrant.sample();
  });
}

/** One sample of each, so that whatever disturbs the machine disturbs all alike. */
async function takeTurns(running) {
  for (const entrant of running) {
    const begin = performance.now();
    await guard(entrant, async () => {
      entrant.outcome.values.push(...(await entrant.sample()));
    });
    entrant.spent += performance.now() - begin;
  }
}

/** A contender that throws is out; the others go on. */
async function guard(entrant, action) {
  try {
    await action();
  } catch (error) {
    entrant.outcome =
      error.name === 'Unavailable' ? { unavailable: error.message } : { failed: error.message };
  }
}
