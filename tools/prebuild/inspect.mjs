// What the addons of a release need of the system that loads them, read from their ELF headers.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OLDEST_GLIBC, root, targets } from './targets.mjs';

const LIBRARIES = { glibc: ['libc.so.6', 'libdl.so.2', 'libpthread.so.0'], musl: ['libc.so'] };
const EXPORTS = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];
const MACHINES = { x86_64: 'Advanced Micro Devices X86-64', aarch64: 'AArch64' };

/** Of each addon: its target, the libraries it needs, the newest version of a symbol it needs, and what is wrong. */
export function inspect() {
  return targets.map((target) =>
    existsSync(join(root, target.file))
      ? judge({ ...target, ...facts(join(root, target.file)) })
      : { ...target, problems: [`${target.file} is missing`] },
  );
}

function facts(file) {
  const header = readelf('-h', file);
  const dynamic = readelf('-d', file);
  const symbols = symbolsOf(file);
  return {
    elfMachine: /Machine: +(.*)$/m.exec(header)?.[1],
    needed: [...dynamic.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name]) => name).sort(),
    staticTls: dynamic.includes('STATIC_TLS'),
    exported: symbols.filter(({ defined }) => defined).map(({ name }) => name),
    newest: symbols
      .map(({ version }) => version)
      .sort(byVersion)
      .at(-1),
  };
}

/** Rows of readelf: number, value, size, type, binding, visibility, section, and `name@GLIBC_2.17`. */
export function symbolsOf(file) {
  const rows = readelf('--dyn-syms', file).matchAll(
    /^ +\d+:(?: +\S+){5} +(\S+) (\w+)(?:@+GLIBC_([\d.]+))?/gm,
  );
  return [...rows].map(([, section, name, version = '0']) => ({ defined: section !== 'UND', name, version }));
}

function byVersion(a, b) {
  return a.localeCompare(b, 'en', { numeric: true });
}

function judge(addon) {
  const { file, machine, libc, elfMachine, needed, staticTls, exported, newest } = addon;
  const problems = [];
  if (elfMachine !== MACHINES[machine]) problems.push(`is for ${elfMachine}`);
  const foreign = needed.filter((name) => !LIBRARIES[libc].includes(name));
  if (foreign.length > 0) problems.push(`needs ${foreign}`);
  if (byVersion(newest, OLDEST_GLIBC) > 0) problems.push(`needs a symbol of GLIBC_${newest}`);
  // dlopen() of musl refuses it.
  if (staticTls && libc === 'musl') problems.push('has thread-local storage of the initial-exec model');
  const strangers = exported.filter((name) => !EXPORTS.includes(name));
  if (strangers.length > 0) problems.push(`exports ${strangers}`);
  return { ...addon, problems: problems.map((problem) => `${file} ${problem}`) };
}

function readelf(option, file) {
  return execFileSync('readelf', ['--wide', option, file], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
}
