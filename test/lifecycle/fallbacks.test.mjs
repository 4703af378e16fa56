import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { runFixture } from '../helpers/fixture.mjs';
import { seccompRunPath } from '../helpers/native.mjs';
import { withoutFilters, withoutMountNamespace } from '../helpers/requirements.mjs';

/** System calls that old kernels lack and container runtimes forbid, alone and together. */
const refusals = [
  ['close_range'],
  ['close_range:unshare'],
  ['clone:pidfd'],
  ['clone:files'],
  ['clone:vfork'],
  ['waitid:pidfd'],
  ['pidfd_open'],
  ['pidfd_send_signal'],
  ['sendmsg'],
  ['recvmsg'],
  ['sigaltstack'],
  // libuv calls dup3 itself where there is no dup2.
  ...(process.arch === 'x64' ? [['dup3']] : []),
  ['poll'],
  ['close_range', 'clone:files'],
  ['close_range', 'clone:pidfd'],
  ['close_range', 'clone:vfork', 'clone:pidfd'],
  ['pidfd_open', 'waitid:pidfd'],
  ['close_range', 'clone:pidfd', 'pidfd_open', 'pidfd_send_signal', 'waitid:pidfd'],
];
/** What a missing call answers, and what a filter may. A kernel answers a flag that it does not know by EINVAL. */
const answers = ['ENOSYS', 'EPERM'];
const flagRefusals = ['close_range:unshare', 'clone:pidfd', 'clone:files', 'waitid:pidfd'];

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

  async function looksTheSame(rules) {
    assert.deepEqual((await resultsUnder(rules)).visible, expected.visible);
  }

  for (const refused of refusals) {
    for (const answer of answers) {
      test(`${refused.join(' and ')} answered by ${answer}`, () =>
        looksTheSame(refused.map((call) => `${call}=${answer}`)));
    }
  }

  for (const call of flagRefusals) {
    test(`${call} answered by EINVAL`, () => looksTheSame([`${call}=EINVAL`]));
  }

  test('close_range answered by SIGSYS', () => looksTheSame(['close_range=TRAP']));

  test('without /proc', { skip: withoutMountNamespace() }, () => looksTheSame(['no-proc']));
});

describe('capabilities() names the way that was taken', { skip: withoutFilters() }, () => {
  const cases = [
    { rules: ['close_range:unshare=EPERM'], expected: { cloneMode: 'vfork', closeFds: 'close_range' } },
    { rules: ['close_range=ENOSYS'], expected: { cloneMode: 'vfork', closeFds: 'proc' } },
    { rules: ['clone:files=EPERM'], expected: { cloneMode: 'vfork' } },
    { rules: ['clone:vfork=EPERM'], expected: { cloneMode: 'fork' } },
    { rules: ['clone:pidfd=EINVAL'], expected: { pidfd: 'none' } },
  ];
  for (const { rules, expected } of cases) {
    test(`under ${rules.join(' and ')}`, async () => {
      const { capabilities } = await resultsUnder(rules);
      for (const [name, value] of Object.entries(expected)) assert.equal(capabilities[name], value);
    });
  }
});

test('with neither close_range nor /proc nothing is started, and the step is closeFds', {
  skip: withoutFilters() || withoutMountNamespace(),
}, async () => {
  for (const answer of answers) {
    const through = [seccompRunPath, `close_range=${answer}`, 'no-proc', '--'];
    const { code, stderr, result } = await runFixture('refused-close-fds.mjs', {}, { through });
    assert.equal(code, 0, stderr);
    assert.deepEqual(result, { step: 'closeFds', started: false });
  }
});
