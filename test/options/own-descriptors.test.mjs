/** A program or a directory that is named through a descriptor of this process, as /proc/self/fd/N. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFixture } from '../helpers/fixture.mjs';
import { withoutRoot } from '../helpers/requirements.mjs';

/** ls lists the descriptors of its own: 0 to 2, and that of the listing. */
const EXPECTED = [
  '0\n1\n2\n3\n',
  '/usr\n',
  '/usr\n',
  ['ENOTDIR', 'cwd'],
  // Each other spelling, as program and as directory.
  ...Array(7).fill(['/\n', '/usr\n']).flat(),
  // The kernel knows no number with a leading zero.
  ['ENOENT', 'exec'],
  ['ENOENT', 'cwd'],
];

for (const [what, plan, skip] of [
  ['', {}, false],
  [', which has changed its ids', { nobody: true }, withoutRoot],
  [', by a child with another uid', { options: { uid: 65_534 } }, withoutRoot],
]) {
  test(`program and directory by a descriptor of this process${what}`, { skip }, async () => {
    const { result, stderr } = await runFixture('own-descriptors.mjs', plan);
    assert.deepEqual(result, EXPECTED, stderr);
  });
}
