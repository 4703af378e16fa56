// What the documentation says of files, scripts and names, compared with these.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { blocks, documents, root, text } from './blocks.mjs';

const require = createRequire(import.meta.url);

for (const document of documents) {
  test(`every relative link of ${document} leads to a file`, () => {
    const links = [...text(document).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, path]) => path);
    assert.deepEqual(
      links.filter((path) => !existsSync(join(root, dirname(document), path))),
      [],
    );
  });

  test(`every script that ${document} names is in package.json`, () => {
    const { scripts } = require(join(root, 'package.json'));
    const named = [...text(document).matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script);
    assert.deepEqual(
      named.filter((script) => !(script in scripts)),
      [],
    );
  });
}

test('the commands for a fresh clone are those that the continuous integration runs', () => {
  const ci = readFileSync(join(root, '.ci', 'run'), 'utf8');
  for (const document of ['README.md', 'CONTRIBUTING.md']) {
    const commands = consoleCommands(document).filter((command) => command.startsWith('npm ci'));
    assert.equal(commands.length, 2, document);
    for (const command of commands) assert.ok(ci.includes(`{ ${command}; }`), command);
  }
});

test('docs/errors.md lists the steps of the launch core in running order', () => {
  const { steps } = require(join(root, 'dist', 'native.js')).native();
  assert.deepEqual(
    firstColumn('docs/errors.md').filter((name) => !/^(code$|ERR_)/.test(name)),
    steps,
  );
});

test('docs/design.md tells of every step of the launch core', () => {
  const { steps } = require(join(root, 'dist', 'native.js')).native();
  const told = new Set(text('docs/design.md').match(/`\w+`/g).map(unquoted));
  assert.deepEqual(
    steps.filter((step) => !told.has(step)),
    [],
  );
});

test('docs/options.md has a section for every launch option', () => {
  const source = readFileSync(join(root, 'lib', 'options.ts'), 'utf8');
  const [, options] = source.match(/interface LaunchOptions \{(.*?)^\}/ms);
  const names = [...options.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name]) => name);
  const sections = [...text('docs/options.md').matchAll(/^## `(\w+)`/gm)].map(([, name]) => name);
  assert.notEqual(names.length, 0);
  assert.deepEqual(sections.sort(), names.sort());
});

test('docs/errors.md lists the codes of this library', () => {
  const source = readFileSync(join(root, 'lib', 'errors.ts'), 'utf8');
  const codes = new Set(source.match(/ERR_(SAFE_SPAWN|FEATURE)_\w+/g));
  assert.deepEqual(
    firstColumn('docs/errors.md')
      .filter((name) => name.startsWith('ERR_'))
      .sort(),
    [...codes].sort(),
  );
});

test('docs/options.md lists the resources of the rlimits option', () => {
  const source = readFileSync(join(root, 'lib', 'options.ts'), 'utf8');
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
    .map((line) => line.replace(/^\$ /, ''));
}

/** The names in backquotes that start the rows of a document's tables. */
function firstColumn(document) {
  const rows = text(document).matchAll(/^\| ((?:`[^`]+` ?)+)\|/gm);
  return [...rows].flatMap(([, cell]) => cell.match(/[^` ]+/g)).filter((name) => name !== 'step');
}
