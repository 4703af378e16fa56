import assert from 'node:assert/strict';
import { test } from 'node:test';
import { safeSpawn } from 'safe-spawn';
import { SAFE } from '../helpers/contenders.mjs';
import { failureOf } from '../helpers/failures.mjs';
import { runFixture } from '../helpers/fixture.mjs';
import { probePath } from '../helpers/native.mjs';
import { fdNumbers, probe } from '../helpers/probe.mjs';
import { withCapSysResource } from '../helpers/requirements.mjs';

const UNLIMITED = 'unlimited';

async function limitsOfChild(rlimits) {
  return (await probe(safeSpawn, { rlimits })).rlimits;
}

const inherited = await limitsOfChild(undefined);

/** The soft limits are at or below what may be set without privilege. */
function lower(resource) {
  const { hard } = inherited[resource];
  return hard === UNLIMITED ? 1n << 40n : BigInt(hard) / 2n;
}

test('a number sets the soft and the hard limit', async () => {
  const { nofile, core } = await limitsOfChild({ nofile: 64, core: 0 });
  assert.deepEqual(nofile, { soft: '64', hard: '64' });
  assert.deepEqual(core, { soft: '0', hard: '0' });
});

test('a bigint sets the soft and the hard limit', async () => {
  const { nofile } = await limitsOfChild({ nofile: 64n });
  assert.deepEqual(nofile, { soft: '64', hard: '64' });
});

test('{ soft } leaves the hard limit alone', async () => {
  const { nofile } = await limitsOfChild({ nofile: { soft: 64 } });
  assert.deepEqual(nofile, { soft: '64', hard: inherited.nofile.hard });
});

test('{ hard } leaves the soft limit alone', async () => {
  const hard = BigInt(inherited.stack.soft);
  const { stack } = await limitsOfChild({ stack: { hard } });
  assert.deepEqual(stack, { soft: inherited.stack.soft, hard: String(hard) });
});

test('{ soft, hard } sets each', async () => {
  const { nofile } = await limitsOfChild({ nofile: { soft: 64, hard: 128n } });
  assert.deepEqual(nofile, { soft: '64', hard: '128' });
});

test("'unlimited' and 'inherit' are values", async () => {
  const { cpu, nofile } = await limitsOfChild({ cpu: UNLIMITED, nofile: 'inherit' });
  assert.deepEqual(cpu, { soft: UNLIMITED, hard: UNLIMITED });
  assert.deepEqual(nofile, inherited.nofile);
});

test('a resource that is not named is inherited', async () => {
  assert.deepEqual(
    { ...(await limitsOfChild({ nofile: 64 })), nofile: null },
    { ...inherited, nofile: null },
  );
});

test('a value above 2 ** 53 arrives as it is', async () => {
  const value = 2n ** 62n + 1n;
  const { fsize } = await limitsOfChild({ fsize: value });
  assert.deepEqual(fsize, { soft: String(value), hard: String(value) });
});

for (const resource of Object.keys(inherited)) {
  test(`the limit ${resource} is set`, async () => {
    const value = lower(resource);
    assert.deepEqual((await limitsOfChild({ [resource]: value }))[resource], {
      soft: `${value}`,
      hard: `${value}`,
    });
  });
}

test('several limits are set together', async () => {
  const values = Object.fromEntries(Object.keys(inherited).map((resource) => [resource, lower(resource)]));
  const limits = await limitsOfChild(values);
  for (const [resource, value] of Object.entries(values)) assert.equal(limits[resource].hard, String(value));
});

test('a limit below the numbers of stdio does not keep the child from its stdio', async () => {
  const child = safeSpawn(probePath, [], { rlimits: { nofile: { soft: 0 } } });
  const { rlimits, ...report } = JSON.parse((await child.stdout.toArray()).join(''));
  assert.equal(rlimits.nofile.soft, '0');
  assert.deepEqual(fdNumbers(report), [0, 1, 2]);
});

const wrong = [
  { rlimits: null, code: 'ERR_INVALID_ARG_TYPE' },
  { rlimits: 5, code: 'ERR_INVALID_ARG_TYPE' },
  { rlimits: { nofile: true }, code: 'ERR_INVALID_ARG_TYPE' },
  { rlimits: { nofile: null }, code: 'ERR_INVALID_ARG_TYPE' },
  { rlimits: { nofile: { soft: {} } }, code: 'ERR_INVALID_ARG_TYPE' },
  { rlimits: { nofile: '64' }, code: 'ERR_INVALID_ARG_VALUE' },
  { rlimits: { files: 64 }, code: 'ERR_INVALID_ARG_VALUE' },
  { rlimits: { nofile: { max: 64 } }, code: 'ERR_INVALID_ARG_VALUE' },
  { rlimits: { nofile: -1 }, code: 'ERR_OUT_OF_RANGE' },
  { rlimits: { nofile: 1.5 }, code: 'ERR_OUT_OF_RANGE' },
  { rlimits: { nofile: Number.NaN }, code: 'ERR_OUT_OF_RANGE' },
  { rlimits: { core: 2n ** 64n }, code: 'ERR_OUT_OF_RANGE' },
  { rlimits: { nofile: { soft: 65, hard: 64 } }, code: 'ERR_OUT_OF_RANGE' },
  { rlimits: { nofile: UNLIMITED }, code: 'ERR_OUT_OF_RANGE' },
];

for (const { rlimits, code } of wrong) {
  test(`${describe(rlimits)} is ${code}`, () => {
    assert.throws(() => safeSpawn('true', [], { rlimits }), { code });
  });
}

test('a hard limit below the soft one, which is kept, is EINVAL with the step', async () => {
  const { code, step } = await failureOf(safeSpawn, {
    file: 'true',
    options: { rlimits: { nofile: { hard: 10 } } },
  });
  assert.deepEqual({ code, step }, { code: 'EINVAL', step: 'rlimit nofile' });
});

test('raising a hard limit without the capability is EPERM with the step', {
  skip: withCapSysResource,
}, async () => {
  const plan = { with: SAFE, options: { rlimits: { nofile: { hard: 2048 } } } };
  const { result } = await runFixture('probe-child.mjs', plan, { launcher: ['--nofile', '1024:1024'] });
  assert.equal(result.error?.code, 'EPERM');
  assert.equal(result.error.step, 'rlimit nofile');
});

function describe(rlimits) {
  if (rlimits === null || typeof rlimits !== 'object') return `rlimits: ${rlimits}`;
  return Object.entries(rlimits)
    .map(([resource, value]) => `${resource}: ${JSON.stringify(value, (_, inner) => printable(inner))}`)
    .join();
}

function printable(value) {
  return typeof value === 'bigint' || Number.isNaN(value) ? String(value) : value;
}
