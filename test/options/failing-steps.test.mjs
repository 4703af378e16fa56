/** Every step of a launch fails in turn. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFixture } from '../helpers/fixture.mjs';
import { gatedEnvironment } from '../helpers/test-hooks.mjs';

/** Those that are not the child's, where failures are injected. */
const IN_THE_PARENT = ['cgroup', 'clone'];

/** Who is killed in exec is as good as killed by the first instruction: such a child counts as one that ran. */
const isStarted = (step, signal) => step === 'exec' && signal !== 0;

const NOBODY = 65_534;

const attributes = {
  umask: 0o77,
  nice: 3,
  processGroup: true,
  deathSignal: 'SIGTERM',
  noNewPrivileges: true,
  rlimits: { cpu: 100 },
};
const variants = [
  { ...attributes, pipes: 'socket' },
  { ...attributes, pipes: 'pipe' },
];
if (process.getuid() === 0) variants.push({ ...attributes, uid: NOBODY, gid: NOBODY, groups: [] });

for (const options of variants) {
  test(`with ${Object.keys(options)}, every failing step is reported by its name and leaves nothing behind`, async () => {
    const { code, stderr, result } = await runFixture(
      'failing-steps.mjs',
      { options },
      { env: gatedEnvironment },
    );
    assert.equal(code, 0, stderr);
    const reached = result.filter(
      ({ step, signal }) => !IN_THE_PARENT.includes(step) && !isStarted(step, signal),
    );
    assert.notEqual(reached.length, 0);
    for (const { step, signal, error, sync, children, again } of reached) {
      const expected =
        signal === 0 ? { code: 'EXDEV', signal: null } : { code: 'ECANCELED', signal: 'SIGKILL' };
      for (const { message, step: told, ...rest } of [error, sync]) {
        assert.deepEqual(rest, expected, message);
        assert.equal(told, step === 'rlimit' ? 'rlimit cpu' : step);
        if (signal !== 0) assert.match(message, /SIGKILL killed the child before it executed the program/);
      }
      assert.equal(children, 0, step);
      assert.equal(again, undefined, step);
    }
  });
}
