// Compares links, options, steps and error codes of the documentation with the sources. examples.test.mjs runs the examples.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { anchors, documents, links, root, text } from './blocks.mjs';

const require = createRequire(import.meta.url);

for (const document of documents) {
  test(`every link of ${document} leads to a file, and to a heading in it`, () => {
    const relative = links(document).filter((target) => !/^https:\/\/[\w.-]+\/?/.test(target));
    assert.deepEqual(
      relative.filter((target) => !leadsSomewhere(document, target)),
      [],
    );
  });
}

function leadsSomewhere(document, target) {
  const [path, anchor] = target.split('#');
  const file = path === '' ? document : join(dirname(document), path);
  if (!existsSync(join(root, file))) return false;
  return anchor === undefined || anchors(file).includes(anchor);
}

test('docs/errors.md lists the steps of the launch core in running order', () => {
  const { steps } = require(join(root, 'dist', 'native', 'addon.js')).addon();
  assert.deepEqual(
    firstColumn('docs/errors.md').filter((name) => !/^(code$|ERR_)/.test(name)),
    steps,
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

/** The names in backquotes that start the rows of a document's tables. */
function firstColumn(document) {
  const rows = text(document).matchAll(/^\| ((?:`[^`]+` ?)+)\|/gm);
  return [...rows].flatMap(([, cell]) => cell.match(/[^` ]+/g)).filter((name) => name !== 'step');
}
