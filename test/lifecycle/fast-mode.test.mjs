import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutStrace } from '../helpers/requirements.mjs';
import { traceFixture } from '../helpers/strace.mjs';

/** The flags of the clone(2) that made the last process, and the close_range(2) calls of that process. */
async function lastLaunch(options) {
  const calls = ['clone', 'clone3', 'fork', 'vfork', 'close_range'];
  const { result, lines } = await traceFixture('spawn-once.mjs', { options }, calls);
  assert.deepEqual(result, { cloneMode: 'vfork-shared-fds', code: 0 });
  const clones = lines.filter((line) => / v?fork\(| clone3?\(/.test(line) && !line.includes('CLONE_THREAD'));
  const pid = lines.findLast((line) => line.includes('close_range(')).split(' ')[0];
  const [, flags] = clones.at(-1).match(/flags=([\w|]+)/);
  return {
    flags: flags.split('|'),
    closeRanges: lines.filter((line) => line.startsWith(`${pid} `) && line.includes('close_range(')),
  };
}

test('by default the child shares memory and descriptors with the parent, and takes a small copy of the table', {
  skip: withoutStrace(),
}, async () => {
  const { flags, closeRanges } = await lastLaunch({});
  for (const flag of ['CLONE_VM', 'CLONE_VFORK', 'CLONE_FILES', 'CLONE_PIDFD'])
    assert.ok(flags.includes(flag), flag);
  assert.match(closeRanges[0], /CLOSE_RANGE_UNSHARE\) = 0/);
});

test('with uid and gid the child shares descriptors, but no memory', {
  skip: withoutStrace(),
}, async () => {
  const { flags, closeRanges } = await lastLaunch({ uid: process.getuid(), gid: process.getgid() });
  assert.ok(!flags.includes('CLONE_VM'));
  assert.ok(flags.includes('CLONE_FILES'));
  assert.match(closeRanges[0], /CLOSE_RANGE_UNSHARE\) = 0/);
});
