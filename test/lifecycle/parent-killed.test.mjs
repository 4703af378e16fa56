import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { startFixture } from '../helpers/fixture.mjs';
import { addon } from '../helpers/native.mjs';
import { eventually } from '../helpers/poll.mjs';
import { fdNumbers, readReport } from '../helpers/probe.mjs';
import { childrenOf } from '../helpers/processes.mjs';
import { scratchPath } from '../helpers/scratch.mjs';

const KILLS = 8;
const REPORTS = 20;

before(() => addon.adoptOrphans());

test('a parent killed by SIGKILL in the middle of its spawns leaves no child that hangs or holds more', async () => {
  for (let kill = 0; kill < KILLS; kill += 1) {
    const directory = scratchPath('reports');
    mkdirSync(directory);
    const reports = () => readdirSync(directory).filter((name) => name.endsWith('.json'));
    const { child: parent } = startFixture('endless-spawns.mjs', { directory });
    await eventually('children report', () => reports().length >= REPORTS + kill);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await eventually('the orphans end', () => orphansLeft() === 0);
    for (const name of reports()) assert.deepEqual(fdNumbers(readReport(join(directory, name))), [0, 1, 2]);
  }
});

/** Reaps those that are dead first. */
function orphansLeft() {
  for (const { pid } of childrenOf(process.pid)) addon.reap(pid);
  return childrenOf(process.pid).length;
}
