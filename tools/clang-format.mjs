// Runs clang-format over the C and C++ sources: `node tools/clang-format.mjs --dry-run --Werror` or `-i`.
//
// Other versions break some lines elsewhere, so only the version that the sources were written with is run.
// Where there is none, the check is skipped with a word; with CI set in the environment that is an error.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = 14;
const FOLDERS = ['src-native', 'test', 'bench'];
const SOURCE = /\.(c|cc|h)$/;
const NOT_OURS = new Set(['build', 'node_modules']);

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const program = [`clang-format-${VERSION}`, 'clang-format'].find(isTheVersion);
if (program === undefined) {
  const verdict = process.env.CI ? 'failed' : 'skipped';
  console.log(`C formatting: ${verdict}, clang-format ${VERSION} is not installed`);
  process.exitCode = verdict === 'failed' ? 1 : 0;
} else {
  const files = FOLDERS.flatMap(sources);
  console.log(`C formatting: ${files.length} files`);
  process.exitCode =
    spawnSync(program, [...process.argv.slice(2), ...files], { stdio: 'inherit' }).status ?? 1;
}

function isTheVersion(name) {
  const { stdout } = spawnSync(name, ['--version'], { encoding: 'utf8' });
  return stdout?.includes(`version ${VERSION}.`) ?? false;
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : sources(path);
    return SOURCE.test(entry.name) ? [path] : [];
  });
}
