/** The lint for words finds a planted fragment, in a comment, a message and a page, and accepts sentences. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchPath } from '../helpers/scratch.mjs';
import { root } from './blocks.mjs';

const FOUND = [
  ['an opening', 'a.ts', '/** What a child gets. */\n', 'a.ts:1: opening: What a child gets.'],
  [
    'an opening of a later sentence',
    'a.c',
    '/*\n * Closes it. Those stay.\n */\n',
    'a.c:1: opening: Those stay.',
  ],
  [
    'an opening after a file name',
    'a.h',
    '/* a.c: of the child */\n/* b.c: Of it. */\n',
    'a.h:2: opening: Of it.',
  ],
  [
    'an opening in lines',
    'a.cc',
    'int a;\n// By the kernel,\n// since 5.14.\n',
    'a.cc:2: opening: By the kernel,',
  ],
  ['a word', 'a.ts', 'const a = 1;\n/** Waits for ever. */\n', 'a.ts:2: "for ever": Waits for ever.'],
  [
    'a word in a message',
    'a.ts',
    "throw new Error('no tier is left here');\n",
    'a.ts:1: "tier": no tier is left here',
  ],
  ['a heading', 'a.md', '# A page\n\nText.\n\n## Of limits\n', 'a.md:5: opening: Of limits'],
  ['a table cell', 'a.md', '# A page\n\n| step | Whether it runs |\n', 'a.md:3: opening: Whether it runs'],
];

for (const [what, name, text, line] of FOUND) {
  test(`${what} is found`, () => {
    const { status, stdout } = lint(name, text);
    assert.ok(stdout.includes(line), stdout);
    assert.equal(status, 1);
  });
}

const SENTENCES = [
  ['a.ts', '/** Returns the child. Without a limit, it waits. */\nconst tier = of(1);\n'],
  ['a.c', '/* The kernel closes the descriptor. */\nint seal(void);\n'],
  ['a.md', '# What is found?\n\nThe kernel closes it.\n\n```js\n// Of no interest here.\n```\n'],
];

for (const [name, text] of SENTENCES) {
  test(`sentences in ${name} are accepted, and so are code and questions`, () => {
    const { status, stdout } = lint(name, text);
    assert.equal(stdout, 'Words: 0 to rewrite\n');
    assert.equal(status, 0);
  });
}

function lint(name, text) {
  const file = scratchPath(name);
  writeFileSync(file, text);
  return spawnSync(process.execPath, [join(root, 'tools', 'words.mjs'), file], { encoding: 'utf8' });
}
