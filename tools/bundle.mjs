// Finishes what tsc has put into dist/: `node tools/bundle.mjs`.
//
// Each entry point of the package becomes one file, since each file takes time to load.
// The exports are written out, and assigned. The helpers of esbuild and of tsc define them by descriptors and by `for in`,
// which fail where a program has put something on Object.prototype.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Each with what stays outside: there must be one copy of the first one. */
const LIBRARIES = {
  'index.ts': [],
  'child_process.ts': ['./index.js'],
  'register.ts': ['./index.js'],
  'inspect/index.ts': [],
};
const PROGRAM = 'cli/index.ts';

for (const [entry, external] of Object.entries(LIBRARIES)) {
  await bundle(entry, { external, stdin: assigning(entry, await exportsOf(entry, external)) });
}
await bundle(PROGRAM, { entryPoints: [`lib/${PROGRAM}`] });
simplifyDeclarations();

function bundle(entry, options) {
  return build({
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20.5',
    outfile: `dist/${entry.replace(/ts$/, 'js')}`,
    sourcemap: process.argv.includes('--sourcemap'),
    logLevel: 'warning',
    ...options,
  });
}

async function exportsOf(entry, external) {
  const options = { external, entryPoints: [`lib/${entry}`], format: 'esm', metafile: true, write: false };
  const { metafile } = await bundle(entry, options);
  return Object.values(metafile.outputs).flatMap((output) => output.exports);
}

/** In a form that Node's lexer finds, so that the names can be imported. */
function assigning(entry, names) {
  const assignments = names.map((name) => `exports.${name} = entry.${name};\n`);
  return {
    contents: `
      'use strict';
      import * as entry from './lib/${entry}';
      Object.defineProperty(exports, '__esModule', { __proto__: null, value: true });
      ${assignments.join('')}`,
    resolveDir: '.',
    sourcefile: `${entry}.exports.js`,
  };
}

/**
 * Old compilers read the declarations too. A program for ES5 may not have private names in them, which tell it nothing.
 * TypeScript before 5.0 does not know `export type *`; in a declaration, `export *` says the same, since each value of the
 * module is named beside it.
 */
function simplifyDeclarations() {
  for (const name of readdirSync('dist', { recursive: true })) {
    if (!/\.d\.m?ts$/.test(name)) continue;
    const path = join('dist', name);
    const text = readFileSync(path, 'utf8');
    const simple = text.replace(/^\s*#private;\n/gm, '').replace(/^export type \*/gm, 'export *');
    if (simple !== text) writeFileSync(path, simple);
  }
}
