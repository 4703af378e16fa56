// STYLE's forbidden openings and words, in comments, messages and pages: `npm run lint:words`. The limit is 0.
//
// The openings make a comment a fragment instead of a sentence; the words are private or old. A page of docs/ is looked over
// once it is in PAGES, a folder of sources once it is in FOLDERS: add to them, and never take away.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDERS = ['lib', 'src-native'];
const PAGES = [];
const SOURCE = /\.(?:[cm]?ts|c|cc|h)$/;

const OPENINGS = /^(?:Of|What|Those|Whether|Who|Whoever|Nor|By|Without|As) /;
const WORDS =
  /\b(?:in the place of|for ever|anew|tells of|is had|dear|should it be|somebody|whoever|nobody|beside what|ours|seal(?:s|ed|ing)?|tiers?|mailbox|canary)\b/i;

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const findings = [
  ...FOLDERS.flatMap(sources).flatMap((file) => [...comments(file), ...messages(file)]),
  ...PAGES.flatMap(page),
];
for (const { file, line, text, why } of findings) console.log(`${file}:${line}: ${why}: ${text}`);
if (process.argv.includes('--count')) count();
console.log(`Words: ${findings.length} to rewrite`);
process.exitCode = findings.length > 0 ? 1 : 0;

function sources(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => SOURCE.test(name))
    .map((name) => join(folder, name));
}

/** Each block comment, and each run of line comments, as one text. */
function comments(file) {
  const source = readFileSync(file, 'utf8');
  const pattern = /\/\*[\s\S]*?\*\/|(?:(?:^|(?<=\s))\/\/.*\n?[ \t]*)+/gm;
  return [...source.matchAll(pattern)].flatMap(({ 0: comment, index }) => {
    const text = comment
      .replace(/^\s*\/[/*]+ ?|\*\/\s*$/g, '')
      .replace(/\n\s*(?:\*|\/\/) ?/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    // A head "file.c: what it is" opens after its name; the rest of a block has paragraphs, each of which opens.
    return check(file, lineOf(source, index), text.replace(/^[\w-]+\.[ch]+: /, ''));
  });
}

/** Texts of more than two words in quotes. */
function messages(file) {
  const source = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, blank);
  return [
    ...source.matchAll(/(['"`])((?:\\.|(?!\1)[^\\\n])*? (?:\\.|(?!\1)[^\\\n])*? (?:\\.|(?!\1)[^\\\n])*)\1/g),
  ].flatMap(({ 2: text, index }) =>
    WORDS.test(text) ? [{ file, line: lineOf(source, index), text: text.slice(0, 80), why: 'word' }] : [],
  );
}

function page(file) {
  const source = readFileSync(file, 'utf8').replace(/^```[\s\S]*?^```/gm, blank);
  return source
    .split('\n')
    .flatMap((line, index) => check(file, index + 1, line.replace(/^(?:#+|[-*]|\|) */, '')));
}

function check(file, line, text) {
  const short = text.slice(0, 80);
  const found = [];
  if (OPENINGS.test(text)) found.push({ file, line, text: short, why: 'opening' });
  const [word] = WORDS.exec(text) ?? [];
  if (word !== undefined) found.push({ file, line, text: short, why: `"${word}"` });
  return found;
}

function blank(text) {
  return text.replace(/[^\n]/g, ' ');
}

function lineOf(source, index) {
  return source.slice(0, index).split('\n').length;
}

function count() {
  const files = new Map();
  for (const { file } of findings) files.set(file, (files.get(file) ?? 0) + 1);
  for (const [file, number] of [...files].sort((one, other) => other[1] - one[1]))
    console.log(`${number} ${file}`);
}
