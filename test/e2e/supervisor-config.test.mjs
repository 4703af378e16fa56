// Checks what the file of the supervisor of examples/ may say, and which mistakes it reports.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { root } from '../helpers/native.mjs';
import { scratchDirectory, scratchPath } from '../helpers/scratch.mjs';
import { supervisorModule } from '../helpers/supervisor.mjs';

let readConfig;

before(async () => {
  process.chdir(scratchDirectory());
  ({ readConfig } = await supervisorModule('config.js'));
});

function read(content) {
  const file = scratchPath('supervisor.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return readConfig(file);
}

function readProgram(keys) {
  return read({ socket: '/run/socket', programs: { a: { command: ['true'], ...keys } } }).programs[0];
}

test('a program without other keys has the defaults of supervisord', () => {
  const { launch, ...config } = readProgram({});
  assert.deepEqual(config, {
    name: 'a',
    command: ['true'],
    priority: 999,
    autostart: true,
    autorestart: 'unexpected',
    exitCodes: [0],
    startSecs: 1,
    startRetries: 3,
    stopSignal: 'SIGTERM',
    stopWaitSecs: 10,
    stopAsGroup: false,
    log: undefined,
  });
  assert.deepEqual(launch.rlimits, {});
  assert.deepEqual(launch.env, { ...process.env });
});

test('programs are in the order of their priorities, else of the file', () => {
  const programs = {
    b: { command: ['b'] },
    a: { command: ['a'] },
    first: { command: ['c'], priority: 1 },
  };
  const names = read({ socket: '/run/socket', programs }).programs.map(({ name }) => name);
  assert.deepEqual(names, ['first', 'b', 'a']);
});

test('limits are those of safeSpawn, and signals go without SIG', () => {
  const { launch, log, stopSignal } = readProgram({
    rlimits: { nofile: { soft: 64, hard: 'unlimited' }, core: 0 },
    stdout_logfile: scratchPath('log'),
    stdout_logfile_maxbytes: 2048,
    stopsignal: 'QUIT',
  });
  assert.deepEqual(launch.rlimits, { nofile: { soft: 64, hard: 'unlimited' }, core: 0 });
  assert.deepEqual([log.maxBytes, log.backups], [2048, 10]);
  assert.equal(stopSignal, 'SIGQUIT');
});

test('README.md lists the keys of a program, and the file beside it has no other', () => {
  const folder = join(root, 'examples', 'supervisor');
  const source = readFileSync(join(folder, 'src', 'config.ts'), 'utf8');
  const keys = [...source.matchAll(/take\('(\w+)'/g)]
    .map(([, key]) => key)
    .filter((key) => !['socket', 'programs'].includes(key));
  const [, table] = readFileSync(join(folder, 'README.md'), 'utf8').split(/^## (?:The file|How it holds)$/m);
  const listed = [...table.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell]) => cell.match(/[^`, ]+/g));
  assert.deepEqual(listed.sort(), keys.sort());
  const { programs } = readConfig(join(folder, 'supervisor.json'));
  assert.deepEqual(
    programs.map(({ name }) => name),
    ['clock', 'web'],
  );
});

const a = { command: ['true'] };
const mistakes = {
  'no JSON': ['{', /JSON/],
  'no socket': [{ programs: { a } }, /socket: is missing/],
  'no programs': [{ socket: '/run/socket' }, /programs: is missing/],
  'an unknown key': [{ socket: '/run/socket', programs: {}, progams: {} }, /progams: is not known/],
  'a name that is no part of a path': [{ socket: '/run/socket', programs: { 'a/b': a } }, /a\/b/],
  'no command': [{ socket: '/run/socket', programs: { a: {} } }, /programs\.a\.command: is missing/],
};

for (const [what, [text, message]] of Object.entries(mistakes)) {
  test(`${what} is an error that names the place`, () => assert.throws(() => read(text), message));
}

const wrong = {
  comand: ['true'],
  command: 'true',
  autorestart: 'sometimes',
  autostart: 'yes',
  startsecs: 'soon',
  startretries: -1,
  exitcodes: [0, 'x'],
  stopsignal: 'SIGNOTHING',
  user: 'no-such-user',
  umask: '9',
  environment: ['novalue'],
  stdout_logfile: '/no/such/folder/log',
  stdout_logfile_maxbytes: '1KB',
  rlimits: { files: 1 },
};

for (const [key, value] of Object.entries(wrong)) {
  test(`${key}: ${JSON.stringify(value)} is an error that names the key`, () => {
    assert.throws(() => readProgram({ [key]: value }), new RegExp(`programs\\.a\\.${key}: `));
  });
}
