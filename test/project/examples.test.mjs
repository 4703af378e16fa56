// Runs every js, ts and bash block of the documentation, and compares what it prints with what it says it prints.
// The blocks of a document share a directory, so that one may use the file that an earlier one is.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { text as read } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { safeSpawn } from 'safe-spawn';
import { blocks, commentExamples, documents, fileName, promised, root } from './blocks.mjs';

const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const tscOptions = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];

const runners = { js: runJs, ts: runTs, bash: runBash };

/** Declarations that the examples in comments rely on. */
const COMMENT_CONTEXT = `
import * as fs from 'node:fs';
import type { SafeChildProcess } from 'safe-spawn';
import { capabilities, getRlimit, openFds, register, setCloseOnExec, setRlimit } from 'safe-spawn';
import { safeExec, safeExecFile, safeExecFileSync, safeExecSync } from 'safe-spawn';
import { safeFork, safeSpawn, safeSpawnSync } from 'safe-spawn';
import { inspect } from 'safe-spawn/inspect';
declare const child: SafeChildProcess & { readonly pid: number };
`;

/** A project that has the package installed. */
let project;

before(() => {
  project = mkdtempSync(join(tmpdir(), 'safe-spawn-docs-'));
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(root, join(project, 'node_modules', 'safe-spawn'));
  symlinkSync(join(root, 'node_modules', '@types'), join(project, 'node_modules', '@types'));
});

after(() => rmSync(project, { recursive: true, force: true }));

for (const document of documents) {
  for (const { language, code, line } of blocks(document)) {
    if (!(language in runners)) continue;
    test(`the ${language} example in ${document}, line ${line}, runs and prints what it says`, async () => {
      const directory = join(project, document.replace(/\W/g, '-'));
      mkdirSync(directory, { recursive: true });
      const printed = await runners[language](code, join(directory, fileName(code) ?? `line-${line}`));
      const lines = promised(code);
      if (lines.length > 0) assert.deepEqual(printed.trimEnd().split('\n'), lines);
    });
  }
}

test('the examples in the comments of the sources are right by their types', async () => {
  const examples = commentExamples();
  assert.notEqual(examples.length, 0);
  const scopes = examples.map(({ file, code }) => `{ // ${file}\n${code}}\n`);
  const file = write(join(project, 'comments'), '.mts', `${COMMENT_CONTEXT}${scopes.join('')}`);
  await run(process.execPath, [tsc, ...tscOptions, '--noEmit', file]);
});

function runJs(code, path) {
  return run(process.execPath, [write(path, code.includes('require(') ? '.cjs' : '.mjs', code)]);
}

async function runTs(code, path) {
  const file = write(path, '.mts', code);
  await run(process.execPath, [tsc, ...tscOptions, file]);
  return run(process.execPath, [file.replace(/mts$/, 'mjs')]);
}

function runBash(code, path) {
  return run('bash', ['-e', write(path, '.sh', code)]);
}

function write(path, extension, code) {
  const file = extname(path) === '' ? path + extension : path;
  writeFileSync(file, code);
  return file;
}

/** Of the programs that examples start; a directory that this user can't search would make an ENOENT an EACCES. */
const PATH = [dirname(process.execPath), '/usr/bin', '/bin'].join(':');

/** Started by the library itself, so that the examples have no descriptors but their own. */
async function run(command, args) {
  const child = safeSpawn(command, args, {
    cwd: dirname(args.at(-1)),
    env: { ...process.env, PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  const output = Promise.all([read(child.stdout), read(child.stderr)]);
  const [code, signal] = await once(child, 'exit');
  const [stdout, stderr] = await output;
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, `${stdout}${stderr}`);
  return stdout;
}
