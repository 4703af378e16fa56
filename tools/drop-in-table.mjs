// Runs the comparisons with child_process on several versions of Node, and writes what they came to into
// docs/drop-in.md: `node tools/drop-in-table.mjs NODE...`, each the path of a Node. The addon must be built.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeBetween } from './generated.mjs';

const FOLDERS = ['test/conformance', 'test/register'];
const PAGE = 'docs/drop-in.md';
const MARKS = ['<!-- table of cases: written by tools/drop-in-table.mjs -->', '<!-- end of the table -->'];

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const files = FOLDERS.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.test.mjs'))
    .map((name) => `${folder}/${name}`),
);
const columns = [];
for (const node of process.argv.slice(2)) columns.push(await column(node));
writeBetween(PAGE, MARKS, table(columns));
process.exitCode = columns.some(({ cells }) => cells.some(({ same, cases }) => same < cases)) ? 1 : 0;

async function column(node) {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  const cells = [];
  for (const file of files) cells.push(await cell(node, file));
  return { version, cells };
}

/** How many cases a file has, and in how many both arms showed the same. */
async function cell(node, file) {
  const child = spawn(node, ['--test', '--test-reporter=tap', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks = child.stdout.setEncoding('utf8').toArray();
  await once(child, 'close');
  const output = (await chunks).join('');
  const count = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(output)?.[1]);
  return { same: count('pass'), cases: count('tests') - count('skipped') };
}

function table(columns) {
  const rows = files.map((file, index) => row(file.replace('.test.mjs', ''), (of) => of.cells[index]));
  const sum = (cells, key) => cells.reduce((total, cell) => total + cell[key], 0);
  const all = row('all', ({ cells }) => ({ same: sum(cells, 'same'), cases: sum(cells, 'cases') }));
  const header = `| cases that are the same | ${columns.map(({ version }) => version).join(' | ')} |`;
  return [header, `| --- |${' --- |'.repeat(columns.length)}`, ...rows, all].join('\n');

  function row(title, read) {
    const cells = columns.map(read).map(({ same, cases }) => `${same} of ${cases}`);
    return `| ${title} | ${cells.join(' | ')} |`;
  }
}
