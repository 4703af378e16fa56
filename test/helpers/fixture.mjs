import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launcherPath, root } from './native.mjs';
import { childrenOf } from './processes.mjs';
import { scratchPath } from './scratch.mjs';

const DEADLINE = 60_000;
const RESULT_VARIABLE = 'SAFE_SPAWN_TEST_RESULT';

/**
 * Runs a file of test/fixtures in a Node process of its own, which inherits descriptors 0-2 and what the launcher's
 * options name. Resolves when it has exited; `result` is what it handed to report().
 *
 * @param launcher options of test/fixtures/native/launcher.c
 * @param node options of Node
 * @param through a command that the launcher starts in Node's place, with Node's command as its arguments
 */
export async function runFixture(name, plan = {}, options = {}) {
  const { child, resultPath, output } = startFixture(name, plan, options);
  const timer = setTimeout(killWithChildren, DEADLINE, child.pid);
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  const result = existsSync(resultPath) ? JSON.parse(readFileSync(resultPath, 'utf8')) : undefined;
  return { code, signal, result, ...output };
}

/** The same, without waiting. */
export function startFixture(
  name,
  plan = {},
  { launcher = [], node = [], through = [], env = {}, stdio } = {},
) {
  const resultPath = scratchPath('result.json');
  const command = [process.execPath, ...node, fixturePath(name), JSON.stringify(plan)];
  const child = spawn(launcherPath, [...launcher.map(String), '--', ...through, ...command], {
    env: { ...process.env, NODE_OPTIONS: '', ...env, [RESULT_VARIABLE]: resultPath },
    stdio: stdio ?? ['ignore', 'pipe', 'pipe'],
  });
  return { child, resultPath, output: collect(child) };
}

/** In a fixture: what the test asked for. */
export function plan() {
  return JSON.parse(process.argv[2]);
}

/** In a fixture: hands a value to the test. By rename, so that a reader that polls never sees half of it. */
export function report(value) {
  const path = process.env[RESULT_VARIABLE];
  writeFileSync(`${path}.draft`, JSON.stringify(value));
  renameSync(`${path}.draft`, path);
}

export function fixturePath(name) {
  return join(root, 'test', 'fixtures', name);
}

/** A fixture that hangs fails its test by its signal, and leaves nothing behind. */
function killWithChildren(pid) {
  for (const child of childrenOf(pid)) process.kill(child.pid, 'SIGKILL');
  process.kill(pid, 'SIGKILL');
}

function collect(child) {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name]?.setEncoding('utf8').on('data', (text) => {
      output[name] += text;
    });
  }
  return output;
}
