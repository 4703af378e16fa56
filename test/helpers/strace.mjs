import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { runFixture } from './fixture.mjs';
import { scratchPath } from './scratch.mjs';

/** Runs a fixture under strace; its result, and the calls named, one line for each, of all its threads and children. */
export async function traceFixture(name, plan, calls) {
  const log = scratchPath('strace');
  const through = ['strace', '-f', '-o', log, '-e', `trace=${calls.join()}`, '-e', 'signal=none'];
  const { code, stderr, result } = await runFixture(name, plan, { through });
  assert.equal(code, 0, stderr);
  return { result, lines: readFileSync(log, 'utf8').split('\n') };
}
