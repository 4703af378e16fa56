/** A process that says that it is not on Linux. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../../helpers/native.mjs';

const OPTIONS = {
  rlimits: {},
  passFds: [],
  umask: 0,
  nice: 0,
  oomScoreAdj: 0,
  groups: [],
  user: 'root',
  processGroup: false,
  deathSignal: 'SIGKILL',
  noNewPrivileges: false,
  cgroup: '/',
  pipes: 'socket',
  uid: 'root',
  gid: 'root',
};

test('elsewhere than on Linux each option is refused by its name, and so are the functions for limits', async () => {
  const script = `
    Object.defineProperty(process, 'platform', { value: 'darwin' });
    const { getRlimit, setRlimit, register, ...library } = require(${JSON.stringify(root)});
    const start = Object.keys(library).filter((name) => /^safe/.test(name));
    const outcome = (action) => { try { return action() } catch ({ code, message }) { return { code, message } } };
    const outcomes = ${JSON.stringify(Object.entries(OPTIONS))}.flatMap(([name, value]) =>
      start.map((start) => ({
        name: 'options.' + name,
        ...outcome(() => library[start]('true', { [name]: value })),
      })));
    outcomes.push({ name: 'options.rlimits', ...outcome(() => register({ rlimits: {} })) });
    outcomes.push({ name: 'getRlimit()', ...outcome(() => getRlimit('core')) });
    outcomes.push({ name: 'setRlimit()', ...outcome(() => setRlimit('core', 0)) });
    console.log(JSON.stringify(outcomes));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script]);
  const outcomes = JSON.parse(stdout);
  assert.equal(outcomes.length, Object.keys(OPTIONS).length * 7 + 3);
  for (const { name, code, message } of outcomes) {
    assert.equal(code, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', name);
    assert.ok(message.includes(name), message);
  }
});
