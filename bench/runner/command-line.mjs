/** What the command line asks for. */

import { parseArgs } from 'node:util';

const OPTIONS = {
  list: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  contenders: { type: 'string', default: '' },
  rounds: { type: 'string' },
  milliseconds: { type: 'string' },
};

/** Options that take the place of a part of each question's effort. */
const EFFORT = ['rounds', 'milliseconds'];

export const usage = [
  'usage: npm run bench -- [--quick] [--rounds=N] [--milliseconds=N] [--json] [--contenders=NAME,...] [QUESTION...]',
  '       npm run bench -- --list',
].join('\n');

/**
 * @param {string[]} args
 * @param {{ name: string, contenders: object }[]} questions all there are
 * @returns {{ asked: object[], unknown: string[], effort: object, list: boolean, json: boolean, quick: boolean,
 *   help: boolean }}
 */
export function parseCommandLine(args, questions) {
  const { values, positionals } = parseArgs({
    args,
    options: OPTIONS,
    allowPositionals: true,
    strict: false,
  });
  const { contenders, ...flags } = values;
  const names = contenders === '' ? undefined : String(contenders).split(',');
  const effort = EFFORT.filter((name) => name in flags).map((name) => [name, Number(String(flags[name]))]);
  const wanted = questions.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  return {
    ...flags,
    effort: Object.fromEntries(effort),
    asked: names === undefined ? wanted : wanted.map((question) => amongThese(question, names)),
    unknown: [
      ...Object.keys(flags).filter((name) => !(name in OPTIONS)),
      ...effort
        .filter(([, value]) => !(Number.isInteger(value) && value > 0))
        .map(([name]) => `--${name}=${flags[name]}`),
      ...positionals.filter((word) => !questions.some(({ name }) => name === word)),
      ...(names ?? []).filter((name) => !questions.some((question) => name in question.contenders)),
    ],
  };
}

function amongThese(question, names) {
  const entries = Object.entries(question.contenders).filter(([name]) => names.includes(name));
  const comparisons = question.comparisons?.filter(
    ({ of, to }) => names.includes(of[0]) && names.includes(to[0]),
  );
  return { ...question, contenders: Object.fromEntries(entries), comparisons };
}
