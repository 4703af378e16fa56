// The package is packed, installed where there is no compiler, and used as its README says.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../helpers/native.mjs';
import { blocks, promised } from '../project/blocks.mjs';
import { directory, inNodeModules, installed, pack, runScript, unpacked } from './installed.mjs';

const run = promisify(execFile);

const { version: VERSION } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const MEGABYTE = 1_000_000;
const SAY_HELLO = "safeSpawn('echo', ['hello'], { stdio: 'inherit' });\n";

let folder;
let project;

before(async () => {
  folder = await unpacked();
  project = await installed(folder);
});

test('the tarball holds what is needed to run, to compile and to read, and nothing else', async () => {
  const { files, size } = await pack(folder, directory('tarball'));
  const parts = new Set(files.map(({ path }) => path.split('/')[0]));
  const alwaysThere = ['LICENSE', 'README.md', 'package.json'];
  const { files: named } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  assert.deepEqual([...parts].sort(), [...new Set([...alwaysThere, ...named])].sort());
  assert.ok(size < MEGABYTE, `${size} bytes`);
});

for (const { code, language, line } of blocks('README.md')) {
  if (language !== 'js') continue;
  test(`the example in line ${line} of the README runs where the package is installed`, async () => {
    const extension = code.includes('require(') ? 'cjs' : 'mjs';
    const printed = await runScript(project, `line-${line}.${extension}`, code);
    const lines = promised(code);
    if (lines.length > 0) assert.deepEqual(printed.split('\n'), lines);
  });
}

for (const door of ['safe-spawn', 'safe-spawn/child_process', 'safe-spawn/register']) {
  test(`${door} is the same by require and by import`, async () => {
    const source = `
      import { createRequire } from 'node:module';
      import * as imported from '${door}';
      const required = createRequire(import.meta.url)('${door}');
      console.log(Object.keys(required).length > 0, Object.keys(required).every((name) => required[name] === imported[name]));
    `;
    assert.equal(await runScript(project, 'door.mjs', source), 'true true');
  });
}

// Old code adds methods to all objects. What describes a property is worse: every helper of a bundler makes such objects.
for (const [name, value] of [
  ['extend', '() => 1'],
  ['safeSpawn', '1'],
  ['get', '() => 1'],
  ['set', '1'],
  ['enumerable', '1'],
  ['configurable', '0'],
]) {
  test(`with ${name} on the prototype of all objects every entry point loads and works`, async () => {
    const source = `
      Object.prototype[${JSON.stringify(name)}] = ${value};
      const { safeSpawnSync } = require('safe-spawn');
      const { execFileSync } = require('safe-spawn/child_process');
      const { inspect } = require('safe-spawn/inspect');
      const { unregister } = require('safe-spawn/register');
      console.log(safeSpawnSync('echo', ['safe']).stdout.toString().trim());
      console.log(execFileSync('echo', ['renamed']).toString().trim());
      console.log(require('child_process').spawnSync('echo', ['registered']).stdout.toString().trim());
      unregister();
      console.log(inspect({ pids: [process.pid] }).version);
      process.argv = [process.argv0, 'safe-spawn', '--version'];
      require(require('path').join(${JSON.stringify(project)}, 'node_modules/safe-spawn/dist/cli/index.js'));`;
    const printed = await runScript(project, `polluted-${name}.cjs`, source);
    assert.deepEqual(printed.split('\n'), ['safe', 'renamed', 'registered', '1', VERSION]);
  });
}

test('every entry point has types for a resolution without exports, and no declaration has syntax that TypeScript 4.9 or ES5 refuses', () => {
  const place = join(project, 'node_modules', 'safe-spawn');
  const { exports, typesVersions } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
  const expected = Object.entries(exports)
    .filter(([path, { require }]) => path !== '.' && require !== undefined)
    .map(([path, { require }]) => [path.slice(2), [require.types]]);
  assert.deepEqual(typesVersions, { '*': Object.fromEntries(expected) });
  const declarations = readdirSync(join(place, 'dist'), { recursive: true }).filter((name) =>
    /\.d\.m?ts$/.test(name),
  );
  assert.notEqual(declarations.length, 0);
  assert.deepEqual(
    declarations.filter((name) =>
      /#private|^export type \*/m.test(readFileSync(join(place, 'dist', name), 'utf8')),
    ),
    [],
  );
});

const importing = `import { safeSpawn } from 'safe-spawn';\n${SAY_HELLO}`;
for (const [title, file, options] of [
  ['as CommonJS', 'hello.cts', ['--module', 'nodenext']],
  ['as ESM', 'hello.mts', ['--module', 'nodenext']],
  ['with the resolution of bundlers', 'hello.mts', ['--module', 'esnext', '--moduleResolution', 'bundler']],
]) {
  test(`TypeScript compiles a program ${title}, and it runs`, async () => {
    const place = join(project, 'node_modules', '.types', title.replace(/\W/g, '-'));
    writeFileSync(join(project, file), importing);
    await compile(file, ['--outDir', place, ...options]);
    const { stdout } = await run(process.execPath, [join(place, file.replace('ts', 'js'))]);
    assert.equal(stdout, 'hello\n');
  });
}

test('a bundle that leaves the package outside runs', async () => {
  assert.equal(await bundled(['--external:safe-spawn']), 'hello');
});

test('a bundle with the package inside says that its addon is missing', async () => {
  await assert.rejects(bundled([]), /ERR_SAFE_SPAWN_ADDON/);
});

/** Types of Node come from here: the project has no network. */
function compile(file, options) {
  const tsc = join(inNodeModules('typescript'), 'bin', 'tsc');
  const types = ['--typeRoots', join(root, 'node_modules', '@types'), '--types', 'node'];
  return run(process.execPath, [tsc, '--strict', '--target', 'es2022', ...types, ...options, file], {
    cwd: project,
  });
}

async function bundled(options) {
  writeFileSync(join(project, 'entry.mjs'), importing);
  const esbuild = join(inNodeModules('esbuild'), 'bin', 'esbuild');
  const { stdout } = await run(esbuild, ['entry.mjs', '--bundle', '--platform=node', ...options], {
    cwd: project,
  });
  return runScript(project, 'bundle.cjs', stdout);
}
