/**
 * npm run bench:vm: what needs a hard limit of a million descriptors. Runs in a virtual machine where the limit here is
 * lower. The arguments are those of bench/index.mjs.
 */

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { hardLimit } from '../../bench/runner/machine.mjs';
import { buildNative } from '../../bench/runner/native.mjs';

const MILLION = 1_048_576;

/** Those of which the machine has something to run. */
const CONTENDERS =
  'nothing,loop,fcntlLoop,procSelfFd,closeRange,closeRangeCloexec,vfork,posixSpawn,core,childProcess,ours';
const bench = ['bench/index.mjs', `--contenders=${CONTENDERS}`];
const given = process.argv.slice(2);

/** A process takes seconds to start there, so that few rounds of long ones give the most samples. */
const EFFORT = ['--rounds=1', '--milliseconds=2000'];
const QUESTIONS = ['close-loop', 'open-fds'];

buildNative();
execFileSync(process.execPath, [...command(), ...given, ...(given.some(isWord) ? [] : QUESTIONS)], {
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  stdio: 'inherit',
});

function isWord(argument) {
  return !argument.startsWith('-');
}

function command() {
  if (hardLimit() >= MILLION) return bench;
  console.error(
    'The processor of the machine is emulated: absolute times mean nothing, ratios are the point.',
  );
  return ['tools/vm/run.mjs', 'node', ...bench, ...EFFORT];
}
