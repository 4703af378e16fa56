// Writes the public surface of the package into etc/api.md, from dist/*.d.ts: `npm run api`. With `--check` it only
// compares: whoever changes the surface has to change the report, and so sees what users will.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPORT = 'etc/api.md';
const HEADING =
  '# Public surface\n\nWritten by `npm run api`: every door of the package, then what is declared behind them.';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const modules = new Map();
/** Declarations by `module name`, in the order in which they were met. */
const reached = new Map();

const doors = Object.entries(JSON.parse(readFileSync('package.json', 'utf8')).exports)
  .filter(([, conditions]) => conditions.require !== undefined)
  .map(([path, { require }]) => door(`safe-spawn${path.slice(1)}`, join(require.types)));
const declarations = [...reached.values()].sort().join('\n');
const report = [HEADING, ...doors, `## Declarations\n\n${block(declarations)}`].join('\n\n');

if (!process.argv.includes('--check')) {
  mkdirSync('etc', { recursive: true });
  writeFileSync(REPORT, `${report}\n`);
} else if (readFileSync(REPORT, 'utf8') !== `${report}\n`) {
  console.error(`The public surface is not that of ${REPORT}: run "npm run api", and look at what changed`);
  process.exitCode = 1;
}

function door(title, module) {
  const { statements, imported } = read(module);
  const names = [...imported, ...statements].filter(([, { isExported }]) => isExported).map(([name]) => name);
  for (const name of names) reach(module, name);
  const rows = names.sort().map((name) => `- \`${name}\``);
  return `## \`${title}\`\n\n${rows.join('\n')}`;
}

/** Follows a name to its declaration, and on to all names in that. */
function reach(module, name) {
  const { statements, imported } = read(module);
  const source = imported.get(name);
  if (source !== undefined) return reach(source.module, source.name);
  const statement = statements.get(name);
  const key = `${module} ${name}`;
  if (statement === undefined || reached.has(key)) return;
  reached.set(key, statement.text);
  for (const [word] of statement.text.matchAll(/[A-Za-z_$][\w$]*/g)) reach(module, word);
}

/** The top-level declarations of a module, and the names that it has from other modules of this package. */
function read(module) {
  if (!modules.has(module)) modules.set(module, parse(readFileSync(module, 'utf8'), dirname(module)));
  return modules.get(module);
}

function parse(source, folder) {
  const text = source.replace(/\/\*.*?\*\//gs, '').replace(/^\s*\n/gm, '');
  const statements = new Map();
  const imported = new Map();
  for (const statement of text.split(/^(?=export|import|declare|interface|type)/m)) {
    const list = /^(import|export) (?:type )?\{(.*)\} from '(\.\.?\/.*)\.js';/s.exec(statement);
    if (list !== null) for (const [name, source] of namesOf(list, folder)) imported.set(name, source);
    const declared = /^(export )?(?:declare )?(?:const|function|class|interface|type) (\w+)/.exec(statement);
    if (declared !== null) {
      const [, isExported, name] = declared;
      // Overloads of a function are declarations of one name.
      const before = statements.get(name)?.text ?? '';
      statements.set(name, { text: before + statement, isExported: isExported !== undefined });
    }
  }
  return { statements, imported };
}

function namesOf([, keyword, names, path], folder) {
  const module = join(folder, `${path}.d.ts`);
  return names
    .split(',')
    .map((entry) => entry.replace(/\btype\b/, '').trim())
    .filter(Boolean)
    .map((entry) => entry.split(' as '))
    .map(([name, alias = name]) => [alias, { module, name, isExported: keyword === 'export' }]);
}

function block(code) {
  return `\`\`\`ts\n${code.trimEnd()}\n\`\`\``;
}
