/** Setters on Object.prototype must not take what the addon puts into its objects. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../../helpers/native.mjs';
import { withoutRoot } from '../../helpers/requirements.mjs';

const run = promisify(execFile);

const EXPORTED = [
  'version',
  'constants',
  'steps',
  'launch',
  'runSync',
  'usage',
  'STDIO_PIPE',
  'LAUNCH_SET_UID',
];
const RETURNED = [
  ...['uid', 'gid', 'name', '0', '1', '2', 'errno', 'code', 'syscall'],
  ...['cloneMode', 'closeFds', 'pidfd', 'cloneModeError', 'closeFdsError', 'pidfdError', 'syscalls'],
  ...['interposed', 'interposer', 'probed'],
];

const POLLUTE = `
  const polluted = [];
  const pollute = (names) => {
    for (const name of names) {
      Object.defineProperty(Object.prototype, name, { get: () => 0, set() {}, configurable: true });
    }
    polluted.push(...names);
  };
  const clean = () => {
    for (const name of polluted) delete Object.prototype[name];
  };
`;

/** Runs a script in a process of its own, and returns the value that the script shows. */
async function resultOf(script, { loading = [], use = [] } = {}) {
  const source = `${POLLUTE}
    const show = (value) => { clean(); console.log(JSON.stringify(value)); };
    const { safeSpawnSync } = require('${root}');
    const { addon } = require('${root}/dist/native/addon.js');
    pollute(${JSON.stringify(loading)});
    addon();
    pollute(${JSON.stringify(use)});
    ${script}`;
  const { stdout } = await run(process.execPath, ['-e', source]);
  return JSON.parse(stdout);
}

const SCRIPTS = {
  'a user': "show(addon().lookupUser('root'));",
  'a user by id': 'show(addon().lookupUid(0));',
  'the groups of a user': "show(addon().groupsOf('root', 7));",
  'its own descriptors': 'show(addon().internalFds().length);',
  capabilities: 'show(addon().capabilities());',
  'constants and steps': 'const { constants, steps } = addon(); show({ constants, steps });',
  'a failed system call': `
    try { addon().prlimit(2 ** 31 - 1, 0); } catch (error) { clean(); show({ ...error }); }`,
  'a wrong argument': 'try { addon().prlimit(0.5, 0); } catch (error) { clean(); show({ ...error }); }',
  'output of a child': `
    const { constants } = addon();
    const stdio = [constants.STDIO_IGNORE, -1, constants.STDIO_PIPE, -1];
    const header = Int32Array.of(0, 0, 0, 2, 0, 2, ...stdio);
    const result = new Int32Array(constants.RESULT_LENGTH);
    const strings = '/bin/echo\\0\\0echo\\0text\\0';
    const output = addon().runSync(
      strings, header, undefined, undefined, undefined, result, Float64Array.of(0, 0, 15), undefined);
    clean(); show(output.map(String));`,
};

for (const [title, script] of Object.entries(SCRIPTS)) {
  for (const [moment, names] of [
    ['loading', EXPORTED],
    ['use', RETURNED],
  ]) {
    test(`setters on Object.prototype before ${moment} of the addon leave ${title} as it is`, async () => {
      assert.deepEqual(await resultOf(script, { [moment]: names }), await resultOf(script));
    });
  }
}

test('a setter on Object.prototype makes no child of user nobody run as root', {
  skip: withoutRoot,
}, async () => {
  const script = `
    show([{ user: 'nobody' }, { uid: 'nobody' }].map((options) =>
      String(safeSpawnSync('id', ['-u'], options).stdout).trim()));`;
  const { stdout } = await run('id', ['-u', 'nobody']);
  const expected = [stdout.trim(), stdout.trim()];
  assert.deepEqual(await resultOf(script, { use: ['uid', 'gid', 'name'] }), expected);
});
