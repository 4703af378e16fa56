// The state in which a supervisor that leaked a pipe leaves its child: found, and named in the first line.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { inspect } from 'safe-spawn/inspect';
import { STOCK } from '../helpers/contenders.mjs';
import { startFixture } from '../helpers/fixture.mjs';
import { eventually } from '../helpers/poll.mjs';
import { runInspect } from './run.mjs';

const LOWEST = 1066;
let supervisor;
let pid;

before(async () => {
  const started = startFixture('supervisor.mjs', { with: STOCK, lowest: LOWEST });
  supervisor = started.child;
  await eventually('the supervisor reads', () => existsSync(started.resultPath));
  pid = JSON.parse(readFileSync(started.resultPath, 'utf8')).pid;
});

after(() => {
  supervisor.kill('SIGKILL');
  process.kill(pid, 'SIGKILL');
});

test('while the supervisor reads, its child holds the read end of its own stdout', () => {
  const [finding, ...others] = inspect({ pids: [pid] }).findings;
  assert.deepEqual(others, []);
  assert.equal(finding.kind, 'leaked-end');
  assert.equal(finding.blocked, false);
  assert.deepEqual(
    finding.holders.filter((holder) => holder.pid === pid).map(({ fd, access }) => [fd, access]),
    [
      [1, 'w'],
      [LOWEST, 'r'],
      [LOWEST + 1, 'w'],
    ],
  );
});

test('once it is killed, the child hangs, and that is exit code 1 and the first line', async () => {
  supervisor.kill('SIGKILL');
  await once(supervisor, 'exit');
  const [finding] = await eventually('the child hangs', () => {
    const { findings } = inspect({ pids: [pid] });
    return findings.some(({ blocked }) => blocked) && findings;
  });
  assert.equal(finding.kind, 'self-held-pipe');
  assert.equal(finding.process.pid, pid);
  assert.equal(finding.fd, 1);

  const { code, stdout } = await runInspect([pid]);
  assert.equal(code, 1);
  const [line] = stdout.split('\n');
  for (const part of [`${pid} hangs`, 'write(1)', finding.target]) assert.ok(line.includes(part), line);
});
