/** No option costs the fastest way to make a process, but those that change ids. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cgroupFor, withoutCgroups } from '../../helpers/cgroups.mjs';
import { withoutRoot, withoutStrace } from '../../helpers/requirements.mjs';
import { traceFixture } from '../../helpers/strace.mjs';

const RESOURCES =
  'as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack'.split(
    ' ',
  );
const skip = withoutStrace();

async function cloneFlags(options) {
  const { result, lines } = await traceFixture('spawn-once.mjs', { options }, [
    'clone',
    'clone3',
    'close_range',
  ]);
  assert.deepEqual(result, { cloneMode: 'vfork-shared-fds', code: 0 });
  const clone = lines.findLast((line) => / clone3?\(/.test(line) && !line.includes('CLONE_THREAD'));
  assert.ok(lines.some((line) => line.includes('CLOSE_RANGE_UNSHARE) = 0')));
  return clone.match(/flags=([\w|]+)/)[1].split('|');
}

const FAST = {
  'all limits': { rlimits: Object.fromEntries(RESOURCES.map((resource) => [resource, { soft: 0 }])) },
  'what else is a number': {
    umask: 0o77,
    nice: 3,
    oomScoreAdj: 500,
    processGroup: true,
    deathSignal: 'SIGTERM',
    noNewPrivileges: true,
  },
  'one-way pipes': { pipes: 'pipe', stdio: 'pipe' },
  'kept descriptors': { passFds: [3] },
};
FAST['all limits'].rlimits.nofile = { soft: 64 };
for (const resource of ['as', 'data', 'stack', 'cpu', 'fsize'])
  FAST['all limits'].rlimits[resource] = 'inherit';

for (const [what, options] of Object.entries(FAST)) {
  test(`with ${what} the child shares memory and descriptors`, { skip }, async () => {
    const flags = await cloneFlags(options);
    for (const flag of ['CLONE_VM', 'CLONE_VFORK', 'CLONE_FILES'])
      assert.ok(flags.includes(flag), `${flags}`);
  });
}

test('with a cgroup the child shares memory and descriptors', {
  skip: skip || withoutCgroups(),
}, async (context) => {
  const flags = await cloneFlags({ cgroup: cgroupFor(context) });
  for (const flag of ['CLONE_VM', 'CLONE_VFORK', 'CLONE_FILES', 'CLONE_INTO_CGROUP'])
    assert.ok(flags.includes(flag), `${flags}`);
});

for (const options of [{ groups: [0] }, { uid: 0 }, { gid: 0 }]) {
  test(`with ${JSON.stringify(options)} it shares descriptors alone`, {
    skip: skip || withoutRoot,
  }, async () => {
    const flags = await cloneFlags(options);
    assert.ok(!flags.includes('CLONE_VM') && flags.includes('CLONE_FILES'), `${flags}`);
  });
}
