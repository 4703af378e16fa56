// Finds what STYLE forbids in comments, messages and pages: openings that make a fragment, and private or old words. The limit is 0.
// `node tools/words.mjs FILE...` checks these files instead; `npm run lint:words` checks FOLDERS and PAGES. Both lists may only grow.
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDERS = ['lib', 'src-native'];
const PAGES = ['CONTRIBUTING.md', 'docs/errors.md'];
const SOURCE = /\.(?:[cm]?ts|c|cc|h)$/;

/** A sentence that opens so has no subject or no verb. */
const OPENINGS = /^(?:Of|What|Those|Whether|Who|Whoever|Nor) /;
/** These open a fragment at the start of a comment. A later sentence may begin with such a condition. */
const FIRST_OPENINGS = /^(?:By|Without|As|Not) /;
const WORDS = new RegExp(
  `\\b(?:${[
    ...['in the place of', 'for ever', 'anew', 'tells? of', 'is had', 'dear', 'should it be', 'beside what'],
    ...[
      'somebody',
      'whoever',
      'whomever',
      'nobody',
      'ours',
      'words for',
      'hands? on',
      'handed on',
      'all the same',
    ],
    ...['seal(?:s|ed|ing)?', 'tiers?', 'mailbox(?:es)?', 'mailed', 'canary', 'extras', 'judged?', 'stranger'],
  ].join('|')})\\b`,
  'i',
);

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const files = process.argv.slice(2);
const findings = (files.length > 0 ? files : [...FOLDERS.flatMap(sources), ...PAGES]).flatMap(checkFile);
for (const { file, line, why, text } of findings)
  console.log(`${file}:${line}: ${why}: ${text.slice(0, 90)}`);
console.log(`Words: ${findings.length} to rewrite`);
process.exitCode = findings.length > 0 ? 1 : 0;

function sources(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => SOURCE.test(name))
    .map((name) => join(folder, name));
}

function checkFile(file) {
  const text = readFileSync(file, 'utf8');
  const parts = extname(file) === '.md' ? paragraphs(text) : [...comments(text), ...messages(text)];
  return parts.flatMap(({ at, ...part }) =>
    check(part).map((found) => ({ file, line: text.slice(0, at).split('\n').length, ...found })),
  );
}

/** Returns each block comment and each run of line comments, cut into paragraphs. */
function comments(source) {
  const pattern = /\/\*[\s\S]*?\*\/|(?:(?:^|(?<=\s))\/\/.*\n?[ \t]*)+/gm;
  return [...source.matchAll(pattern)].flatMap(({ 0: comment, index }) =>
    comment
      .replace(/^\s*\/[/*]+ ?|\s*\*\/\s*$/g, '')
      .replace(/\n[ \t]*(?:\*|\/\/) ?/g, '\n')
      .split(/\n\s*\n|\n(?=@)/)
      // A head "file.c: what it is" opens after its name, and a tag after its parameter.
      .map((text) => text.replace(/^\s*[\w-]+\.[ch]+: |^@\w+ (?:\w+ )?/, ''))
      .map((text, number) => ({ at: index, text, isProse: true, isStart: number === 0 })),
  );
}

/** Returns each text of more than two words in quotes. */
function messages(source) {
  const code = source.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*/gm, blank);
  const quoted = /(['"`])((?:\\.|(?!\1)[^\\\n])*? (?:\\.|(?!\1)[^\\\n])*? (?:\\.|(?!\1)[^\\\n])*)\1/g;
  return [...code.matchAll(quoted)].map(({ 2: text, index }) => ({ at: index, text, isProse: false }));
}

/** Returns the paragraphs, list items, headings and table cells of a page, without its code. */
function paragraphs(page) {
  const prose = page.replace(/^```[\s\S]*?^```/gm, blank).replace(/`[^`\n]*`/g, blank);
  return [
    ...prose.matchAll(/(?:^|\|)[ \t]*(?:#+|[-*]|\d+\.)?[ \t]*([^|\s](?:[^|\n]|\n(?![\s|#*-]))*)/gm),
  ].map(({ 1: text, index }) => ({ at: index, text, isProse: true }));
}

function check({ text, isProse, isStart }) {
  const sentences = text
    .replace(/\s+/g, ' ')
    .trim()
    .split(/(?<=[.!?]\)?) (?=[A-Z`])/);
  return sentences.flatMap((sentence, index) => {
    const isFragment = OPENINGS.test(sentence) || (isStart && index === 0 && FIRST_OPENINGS.test(sentence));
    const isQuestion = sentence.endsWith('?');
    const [word] = WORDS.exec(sentence) ?? [];
    return [
      ...(isProse && isFragment && !isQuestion ? [{ why: 'opening', text: sentence }] : []),
      ...(word === undefined ? [] : [{ why: `"${word}"`, text: sentence }]),
    ];
  });
}

function blank(text) {
  return text.replace(/[^\n]/g, ' ');
}
