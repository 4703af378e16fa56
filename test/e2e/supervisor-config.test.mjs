// The ini file of the supervisor of examples/: what it may say, and what is a mistake.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { root } from '../helpers/native.mjs';
import { scratchDirectory, scratchPath } from '../helpers/scratch.mjs';
import { iniText, supervisorModule } from '../helpers/supervisor.mjs';

const socket = { unix_http_server: { file: '/run/socket' } };
let readConfig;
let words;

before(async () => {
  process.chdir(scratchDirectory());
  ({ readConfig } = await supervisorModule('config.js'));
  ({ words } = await supervisorModule('ini.js'));
});

function read(text) {
  const file = scratchPath('supervisor.ini');
  writeFileSync(file, text);
  return readConfig(file);
}

function readProgram(keys) {
  return read(iniText({ ...socket, 'program:a': { command: 'true', ...keys } })).programs[0];
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

test('comments, blank lines and values over several lines are read as in supervisord', () => {
  const text = `; a comment
# another
[unix_http_server]
file=/run/socket ; where it listens

[program:a]\r
command = sh -c "a;b"
environment =
    ONE="1",
    TWO=2
`;
  const { socket, programs } = read(text);
  assert.equal(socket, '/run/socket');
  assert.deepEqual(programs[0].command, ['sh', '-c', 'a;b']);
  assert.equal(programs[0].launch.env.ONE, '1');
  assert.equal(programs[0].launch.env.TWO, '2');
});

test('programs are in the order of their priorities, else of the file', () => {
  const programs = {
    'program:b': { command: 'b' },
    'program:a': { command: 'a' },
    'program:first': { command: 'c', priority: 1 },
  };
  const names = read(iniText({ ...socket, ...programs })).programs.map(({ name }) => name);
  assert.deepEqual(names, ['first', 'b', 'a']);
});

test('limits are for both or soft and hard, sizes have units, signals go without SIG', () => {
  const { launch, log, stopSignal } = readProgram({
    rlimit_nofile: '64:unlimited',
    rlimit_core: 0,
    stdout_logfile: scratchPath('log'),
    stdout_logfile_maxbytes: '2KB',
    stopsignal: 'QUIT',
  });
  assert.deepEqual(launch.rlimits, { nofile: { soft: 64, hard: 'unlimited' }, core: { soft: 0, hard: 0 } });
  assert.deepEqual([log.maxBytes, log.backups], [2048, 10]);
  assert.equal(stopSignal, 'SIGQUIT');
});

test('words are split as by a shell', () => {
  const text = String.raw`a "b c" 'd "e"' f\ g"h\"i" "\n\\" ""`;
  assert.deepEqual(words(text), ['a', 'b c', 'd "e"', 'f gh"i', '\\n\\', '']);
  assert.throws(() => words(`a 'b`), /without its end/);
});

test('README.md lists the keys of a program, and the file beside it has no other', () => {
  const folder = join(root, 'examples', 'supervisor');
  const source = readFileSync(join(folder, 'src', 'config.ts'), 'utf8');
  const keys = [...source.matchAll(/take\('(\w+)'/g)].map(([, key]) => key).filter((key) => key !== 'file');
  const [, table] = readFileSync(join(folder, 'README.md'), 'utf8').split(/^## (?:The file|How it holds)$/m);
  const listed = [...table.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell]) => cell.match(/[^`, ]+/g));
  assert.deepEqual(listed.sort(), [...keys, 'rlimit_NAME'].sort());
  const { programs } = readConfig(join(folder, 'supervisor.ini'));
  assert.deepEqual(
    programs.map(({ name }) => name),
    ['clock', 'web'],
  );
});

const mistakes = {
  'no socket': [iniText({ 'program:a': { command: 'true' } }), /unix_http_server/],
  'a line that is no pair': ['[program:a]\ncommand\n', /line 2/],
  'a key before any section': ['command = true\n', /line 1/],
  'a section twice': ['[program:a]\n[program:a]\n', /line 2/],
  'an unknown section': [iniText({ ...socket, 'progam:a': {} }), /progam:a/],
  'a name that is no part of a path': [iniText({ ...socket, 'program:a/b': {} }), /a\/b/],
  'no command': [iniText({ ...socket, 'program:a': {} }), /\[program:a\] command/],
};

for (const [what, [text, message]] of Object.entries(mistakes)) {
  test(`${what} is an error that tells the place`, () => assert.throws(() => read(text), message));
}

const wrong = {
  comand: 'true',
  command: '"',
  autorestart: 'sometimes',
  autostart: 'yes',
  startsecs: 'soon',
  startretries: '-1',
  exitcodes: '0,x',
  stopsignal: 'SIGNOTHING',
  user: 'no-such-user',
  umask: '9',
  environment: 'novalue',
  stdout_logfile: '/no/such/folder/log',
  stdout_logfile_maxbytes: '1 furlong',
  rlimit_nofile: 'many',
  rlimit_files: '1',
};

for (const [key, value] of Object.entries(wrong)) {
  test(`${key} = ${value} is an error that names the key`, () => {
    assert.throws(() => readProgram({ [key]: value }), new RegExp(`\\[program:a\\] ${key}`));
  });
}
