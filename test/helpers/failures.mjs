/** Every kind of spawn that fails, with the code and the step it must report. Each makes its own ingredients. */
import { chmodSync, writeFileSync } from 'node:fs';
import { scratchDirectory, scratchPath } from './scratch.mjs';

const KIBIBYTE = 1024;

/** Longer than the kernel takes for one argument (MAX_ARG_STRLEN, 128 KiB). */
const longArgument = 'x'.repeat(256 * KIBIBYTE);

export const failures = [
  { what: 'a missing file', code: 'ENOENT', step: 'exec', file: '/nonexistent/program' },
  {
    what: 'a name that is nowhere in PATH',
    code: 'ENOENT',
    step: 'exec',
    file: 'no-such-program-anywhere',
    options: { env: { PATH: '/usr/bin:/bin' } },
  },
  { what: 'a directory as the file', code: 'EACCES', step: 'exec', file: scratchDirectory() },
  { what: 'a file that is not executable', code: 'EACCES', step: 'exec', file: plainFile() },
  { what: 'a file below a file', code: 'ENOTDIR', step: 'exec', file: `${plainFile()}/program` },
  { what: 'an argument that is too long', code: 'E2BIG', step: 'exec', file: 'true', args: [longArgument] },
  {
    what: 'a missing directory',
    code: 'ENOENT',
    step: 'cwd',
    file: 'true',
    options: { cwd: '/nonexistent' },
  },
  {
    what: 'a file as the directory',
    code: 'ENOTDIR',
    step: 'cwd',
    file: 'true',
    options: { cwd: plainFile() },
  },
  {
    what: 'a closed descriptor in stdio',
    code: 'EBADF',
    step: 'stdio',
    file: 'true',
    options: { stdio: [0, 1, 2, 19_999] },
  },
  {
    what: 'a hard limit below the soft one, which is kept',
    code: 'EINVAL',
    step: 'rlimit nofile',
    file: 'true',
    options: { rlimits: { nofile: { hard: 10 } } },
  },
];

function plainFile() {
  const path = scratchPath('plain');
  writeFileSync(path, '');
  chmodSync(path, 0o644);
  return path;
}

/** The error of a spawn that must fail, whether it is thrown or emitted. */
export function failureOf(spawn, { file, args = [], options = {} }) {
  return new Promise((resolve, reject) => {
    try {
      const child = spawn(file, args, options);
      child.once('error', resolve);
      child.once('spawn', () => reject(new Error(`${file} was started`)));
    } catch (error) {
      resolve(error);
    }
  });
}
