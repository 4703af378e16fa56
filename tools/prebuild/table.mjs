// Checks the addons of a release, and writes what they need into docs/platforms.md. With `--check` it only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaced } from '../generated.mjs';
import { inspect } from './inspect.mjs';
import { root } from './targets.mjs';

const PAGE = join(root, 'docs', 'platforms.md');
const MARKS = [
  '<!-- table of addons: written by tools/prebuild/table.mjs -->',
  '<!-- end of the table of addons -->',
];

const addons = inspect();
const problems = addons.flatMap((addon) => addon.problems);
if (problems.length === 0) compareOrWrite(replaced(PAGE, MARKS, table()));
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

function compareOrWrite(page) {
  if (!process.argv.includes('--check')) writeFileSync(PAGE, page);
  else if (page !== readFileSync(PAGE, 'utf8')) problems.push('docs/platforms.md has an old table of addons');
}

function table() {
  const rows = addons.map(({ arch, libc, needed, newest }) => {
    const symbols = libc === 'glibc' ? `GLIBC_${newest}` : 'none has a version';
    return `| ${arch} | ${libc} | ${needed.map((name) => `\`${name}\``).join(' ')} | ${symbols} |`;
  });
  return ['| | C library | needs | newest symbol |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
