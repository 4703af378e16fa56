/** What the command line asks for. */

const OPTIONS = ['--list', '--json', '--quick', '--help'];

export const usage = [
  'usage: npm run bench -- [--quick] [--json] [QUESTION...]',
  '       npm run bench -- --list',
].join('\n');

/**
 * @param {string[]} args
 * @param {{ name: string }[]} questions all there are
 * @returns {{ asked: object[], unknown: string[], list: boolean, json: boolean, quick: boolean, help: boolean }}
 */
export function parseCommandLine(args, questions) {
  const options = args.filter((arg) => arg.startsWith('-'));
  const names = args.filter((arg) => !arg.startsWith('-'));
  const known = new Map(questions.map((question) => [question.name, question]));
  const unknown = [
    ...options.filter((option) => !OPTIONS.includes(option)),
    ...names.filter((name) => !known.has(name)),
  ];
  return {
    asked: names.length === 0 ? questions : questions.filter(({ name }) => names.includes(name)),
    unknown,
    list: options.includes('--list'),
    json: options.includes('--json'),
    quick: options.includes('--quick'),
    help: options.includes('--help'),
  };
}
