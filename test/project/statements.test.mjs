// What the documentation says of files, scripts and names, compared with these.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { anchors, blocks, documents, links, prose, root, text } from './blocks.mjs';

const require = createRequire(import.meta.url);

const INSTALLATION = 'npm install safe-spawn';
const COMMAND = /^npx safe-spawn /;

const SOURCE =
  /(?<![\w/.-])(?:lib|src-native|test|tools|bench|demo|examples)\/[\w./-]+\.(?:c|h|cc|sh|mjs|[cm]?ts)\b/g;

/** What is run by examples.test.mjs, what is compared below, and pictures. */
const LANGUAGES = ['js', 'ts', 'bash', 'console', 'text'];

for (const document of documents) {
  test(`every link of ${document} leads to a file, and to a heading in it`, () => {
    const relative = links(document).filter((target) => !/^https:\/\/[\w.-]+\/?/.test(target));
    assert.deepEqual(
      relative.filter((target) => !leadsSomewhere(document, target)),
      [],
    );
  });

  test(`every source file that ${document} names is there`, () => {
    assert.deepEqual(
      namedSources(document).filter((path) => !existsSync(join(root, path))),
      [],
    );
  });

  test(`every block of ${document} is of a language that is run or compared`, () => {
    const all = blocks(document);
    assert.equal(
      text(document).match(/^\s*(```|~~~)/gm)?.length ?? 0,
      2 * all.length,
      'fences start the line',
    );
    assert.deepEqual(
      all.filter(({ language }) => !LANGUAGES.includes(language)),
      [],
    );
  });

  test(`every script that ${document} names is in package.json`, () => {
    const { scripts } = require(join(root, 'package.json'));
    const named = [...text(document).matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, script]) => script);
    assert.deepEqual(
      named.filter((script) => !(script in scripts)),
      [],
    );
  });
}

/** Those in backquotes, and in pictures. */
function namedSources(document) {
  const pictures = blocks(document).filter(({ language }) => language === 'text');
  const words = [...(prose(document).match(/`[^`]+`/g) ?? []), ...pictures.map(({ code }) => code)];
  return words.flatMap((word) => word.match(SOURCE) ?? []);
}

function leadsSomewhere(document, target) {
  const [path, anchor] = target.split('#');
  const file = path === '' ? document : join(dirname(document), path);
  if (!existsSync(join(root, file))) return false;
  return anchor === undefined || anchors(file).includes(anchor);
}

test('every command for a console is for the installation, for the continuous integration, or in the help of the command', () => {
  const ci = readFileSync(join(root, '.ci', 'run'), 'utf8');
  const help = execFileSync(process.execPath, [join(root, 'dist', 'cli', 'index.js'), '--help'], {
    encoding: 'utf8',
  });
  const isKnown = (command) =>
    command === INSTALLATION ||
    ci.includes(`{ ${command}; }`) ||
    (COMMAND.test(command) && isIn(help, command));
  assert.deepEqual(
    documents.flatMap(consoleCommands).filter((command) => !isKnown(command)),
    [],
  );
});

/** Its words, but for the numbers of processes. */
function isIn(help, command) {
  const words = command.replace(COMMAND, '').split(' ');
  return words.every((word) => /^\d+$/.test(word) || help.split(/[^\w-]+/).includes(word));
}

test('README.md and CONTRIBUTING.md have the same commands for a fresh clone', () => {
  const [readme, contributing] = ['README.md', 'CONTRIBUTING.md'].map(consoleCommands);
  assert.notEqual(contributing.length, 0);
  assert.deepEqual(
    contributing,
    readme.filter((command) => command !== INSTALLATION),
  );
});

test('everything that the package exports is told of', () => {
  const told = documents
    .filter((document) => document !== 'CHANGELOG.md')
    .map(text)
    .join('');
  assert.deepEqual(
    Object.keys(require('safe-spawn')).filter(
      (name) => !told.includes(`${name}(`) && !told.includes(`\`${name}\``),
    ),
    [],
  );
});

test('docs/errors.md lists the steps of the launch core in running order', () => {
  const { steps } = require(join(root, 'dist', 'native', 'addon.js')).addon();
  assert.deepEqual(
    firstColumn('docs/errors.md').filter((name) => !/^(code$|ERR_)/.test(name)),
    steps,
  );
});

test('docs/design.md tells of every step of the launch core', () => {
  const { steps } = require(join(root, 'dist', 'native', 'addon.js')).addon();
  const told = new Set(text('docs/design.md').match(/`\w+`/g).map(unquoted));
  assert.deepEqual(
    steps.filter((step) => !told.has(step)),
    [],
  );
});

test('docs/options.md has a section for every launch option', () => {
  const source = readFileSync(join(root, 'lib', 'types.ts'), 'utf8');
  const [, options] = source.match(/interface LaunchOptions \{(.*?)^\}/ms);
  const names = [...options.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name]) => name);
  const sections = [...text('docs/options.md').matchAll(/^## `(\w+)`/gm)].map(([, name]) => name);
  assert.notEqual(names.length, 0);
  assert.deepEqual(sections.sort(), names.sort());
});

test('docs/errors.md lists the codes of this library', () => {
  const source = readFileSync(join(root, 'lib', 'util', 'errors.ts'), 'utf8');
  const codes = new Set(source.match(/ERR_(SAFE_SPAWN|FEATURE)_\w+/g));
  assert.deepEqual(
    firstColumn('docs/errors.md')
      .filter((name) => name.startsWith('ERR_'))
      .sort(),
    [...codes].sort(),
  );
});

test('docs/options.md lists the resources of the rlimits option', () => {
  const source = readFileSync(join(root, 'lib', 'types.ts'), 'utf8');
  const resources = [...source.matchAll(/readonly (\w+)\?: Rlimit \|/g)].map(([, name]) => name);
  const listed = firstColumn('docs/options.md').filter((name) => /^[a-z]+$/.test(name));
  assert.deepEqual(listed, [...resources].sort());
});

function unquoted(name) {
  return name.slice(1, -1);
}

function consoleCommands(document) {
  return blocks(document)
    .filter(({ language }) => language === 'console')
    .flatMap(({ code }) => code.trim().split('\n'))
    .map((line) => line.replace(/^\$ /, '').replace(/ +#.*/, ''));
}

/** The names in backquotes that start the rows of a document's tables. */
function firstColumn(document) {
  const rows = text(document).matchAll(/^\| ((?:`[^`]+` ?)+)\|/gm);
  return [...rows].flatMap(([, cell]) => cell.match(/[^` ]+/g)).filter((name) => name !== 'step');
}
