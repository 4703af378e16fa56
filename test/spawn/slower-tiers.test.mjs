import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { runFixture } from '../helpers/fixture.mjs';
import { seccompRunPath } from '../helpers/native.mjs';
import { withoutFilters, withoutMountNamespace } from '../helpers/requirements.mjs';

/** System calls that old kernels and container runtimes lack or forbid, each with every answer they give. */
const calls = ['close_range', 'close_range:unshare', 'clone:pidfd', 'clone:files', 'clone:vfork', 'sendmsg'];
const answers = ['ENOSYS', 'EPERM', 'EINVAL'];
/** Refused together: Linux before 5.3, before 5.4, and an old runtime's filter on a new kernel. */
const combinations = [
  ['close_range', 'clone:pidfd', 'pidfd_open', 'pidfd_send_signal', 'waitid:pidfd', 'clone3'],
  ['close_range', 'waitid:pidfd'],
  ['pidfd_open', 'waitid:pidfd'],
  ['clone:pidfd', 'pidfd_open'],
  ['pidfd_send_signal'],
  ['pidfd_open'],
  ['waitid:pidfd'],
  ['recvmsg'],
];

async function resultsUnder(rules) {
  const through = [seccompRunPath, ...rules, '--'];
  const { code, signal, stderr, result } = await runFixture('visible-results.mjs', {}, { through });
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, stderr);
  return result;
}

describe('on a kernel that refuses some system calls everything looks the same', {
  skip: withoutFilters(),
}, () => {
  let expected;
  before(async () => {
    expected = await resultsUnder([]);
  });

  for (const answer of answers) {
    for (const refused of [...calls.map((call) => [call]), ...combinations]) {
      test(`${refused.join(' and ')} answered by ${answer}`, async () => {
        const rules = refused.map((call) => `${call}=${answer}`);
        assert.deepEqual((await resultsUnder(rules)).visible, expected.visible);
      });
    }
  }

  test('close_range answered by SIGSYS', async () => {
    assert.deepEqual((await resultsUnder(['close_range=TRAP'])).visible, expected.visible);
  });

  test('without /proc', { skip: withoutMountNamespace() }, async () => {
    const { visible } = await resultsUnder(['no-proc']);
    assert.deepEqual(visible, expected.visible);
  });
});

describe('capabilities() names the way that was taken', { skip: withoutFilters() }, () => {
  const cases = [
    { rules: ['close_range:unshare=EPERM'], expected: { tier: 'copy', seal: 'close_range' } },
    { rules: ['close_range=ENOSYS'], expected: { tier: 'copy', seal: 'proc' } },
    { rules: ['clone:files=EPERM'], expected: { tier: 'copy' } },
    { rules: ['clone:vfork=EPERM'], expected: { tier: 'fork' } },
    { rules: ['clone:pidfd=EINVAL'], expected: { pidfd: 'none' } },
    { rules: ['waitid:pidfd=EPERM'], expected: { pidfd: 'none' } },
  ];
  for (const { rules, expected } of cases) {
    test(`under ${rules.join(' and ')}`, async () => {
      const { capabilities } = await resultsUnder(rules);
      for (const [name, value] of Object.entries(expected)) assert.equal(capabilities[name], value);
    });
  }
});

test('with neither close_range nor /proc nothing is started, and the step is seal', {
  skip: withoutFilters() || withoutMountNamespace(),
}, async () => {
  for (const answer of answers) {
    const through = [seccompRunPath, `close_range=${answer}`, 'no-proc', '--'];
    const { code, stderr, result } = await runFixture('refused-seal.mjs', {}, { through });
    assert.equal(code, 0, stderr);
    assert.deepEqual(result, { step: 'seal', started: false });
  }
});
