import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { probePath } from './native.mjs';
import { scratchPath } from './scratch.mjs';

/** Starts the probe with any spawn function; resolves to its report, whatever became of its stdio. */
export async function probe(spawn, options = {}, file = probePath) {
  const out = scratchPath('probe.json');
  const child = spawn(file, ['--out', out], options);
  const [code, signal] = await once(child, 'exit');
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, 'the probe ran');
  return readReport(out);
}

/** The report that a probe wrote to `path`. */
export function readReport(path) {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  rmSync(path);
  return report;
}

/** The numbers of a report's descriptors. Both ways of counting them must agree. */
export function fdNumbers(report) {
  const numbers = report.fds.map(({ fd }) => fd);
  if (report.procFds !== null) assert.deepEqual(report.procFds, numbers);
  return numbers;
}
