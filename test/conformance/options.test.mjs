import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { withoutRoot } from '../helpers/requirements.mjs';
import { scratchDirectory } from '../helpers/scratch.mjs';
import { sameAsNode, sameAsNodeAlone } from './harness.mjs';

const showEnvironment = ['-e', 'console.log(JSON.stringify(process.env))'];

sameAsNode('cwd', ({ spawn }) => {
  spawn('pwd', { cwd: realpathSync(scratchDirectory()) });
  spawn('pwd', { cwd: '' });
  spawn('pwd', { cwd: 'test' });
});

sameAsNode('argv0', ({ spawn }) => {
  spawn('sh', ['-c', 'echo "$0"'], { argv0: 'zero' });
  spawn('cat', ['/proc/self/cmdline'], { argv0: '' });
  spawn('true', { argv0: 'zero', shell: true });
});

sameAsNode('shell', ({ spawn }) => {
  spawn('echo "$0" $((1 + 1)); exit 3', { shell: true });
  spawn('echo "$0"; exit 4', { shell: '/bin/sh' });
  spawn('echo', ['one', '$HOME', "'two  three'"], {
    shell: true,
    env: { HOME: '/home', PATH: process.env.PATH },
  });
  spawn('true', { shell: '' });
  spawn('true', { shell: false });
});

sameAsNode('the environment of this process', ({ spawn }) => void spawn('env'));

sameAsNode('an environment that is given', ({ spawn }) => {
  const inherited = Object.create({ INHERITED: 'yes' });
  inherited.OWN = 'yes';
  inherited.ABSENT = undefined;
  inherited.NUMBER = 5;
  inherited['WITH=SIGN'] = 'x';
  inherited[''] = 'nameless';
  Object.defineProperty(inherited, 'HIDDEN', { value: 'no', enumerable: false });
  spawn('/usr/bin/env', { env: inherited });
  spawn('/usr/bin/env', { env: {} });
  spawn('/usr/bin/env', { env: [] });
  // Node would write into it where coverage is collected, and throw.
  withCoverage(undefined, () => spawn('/usr/bin/env', { env: 'text' }));
  spawn('/usr/bin/env', { env: null });
});

sameAsNode('a change of the environment of this process', ({ spawn }) => {
  process.env.SAFE_SPAWN_TEST_ADDED = 'ünïcödé \u{1f600}';
  spawn('env');
  delete process.env.SAFE_SPAWN_TEST_ADDED;
  spawn('env');
});

sameAsNode('another object as process.env', ({ spawn }) => {
  const genuine = process.env;
  const proxy = new Proxy(genuine, { get: (target, name) => (name === 'LANG' ? 'xx' : target[name]) });
  // Into the proxy too.
  withCoverage(undefined, () => {
    try {
      process.env = { PATH: genuine.PATH, REPLACED: 'yes' };
      spawn('env');
      process.env = proxy;
      spawn('env');
    } finally {
      process.env = genuine;
    }
  });
});

for (const inWorker of [false, true]) {
  for (const early of [false, true]) {
    const title = `another object as process.env${inWorker ? ' of a Worker' : ''}${early ? ' as the library is loaded' : ''}`;
    sameAsNodeAlone(title, 'replaced-env.mjs', { how: { input: { inWorker, early } } });
  }
}

sameAsNode('coverage is handed down', ({ spawn }) => {
  withCoverage('/nonexistent/coverage', () => {
    spawn('env');
    spawn('/usr/bin/env', { env: { GIVEN: 'yes' } });
    spawn('/usr/bin/env', { env: { NODE_V8_COVERAGE: '/elsewhere' } });
    spawn('/usr/bin/env', { env: { NODE_V8_COVERAGE: undefined } });
  });
});

/** Does something while Node collects coverage into a folder, or does not. */
function withCoverage(folder, action) {
  const { NODE_V8_COVERAGE: before } = process.env;
  set(folder);
  try {
    action();
  } finally {
    set(before);
  }

  function set(value) {
    if (value === undefined) delete process.env.NODE_V8_COVERAGE;
    else process.env.NODE_V8_COVERAGE = value;
  }
}

const showSession = 'cut -d" " -f1,5,6 /proc/self/stat | tr " " "\\n" | sort -u | wc -l';

sameAsNode('detached', ({ spawn }) => {
  spawn('sh', ['-c', `exec ${showSession}`], { detached: true });
  spawn('sh', ['-c', 'test "$(cut -d" " -f6 /proc/$$/stat)" = $$'], { detached: true });
  spawn('sh', ['-c', 'test "$(cut -d" " -f6 /proc/$$/stat)" = $$'], { detached: false });
});

sameAsNode(
  'uid and gid',
  ({ spawn }) => {
    spawn('id', { uid: 65_534, gid: 65_534 });
    spawn('id', { gid: 65_534 });
    spawn('id', { uid: 0, gid: null });
    spawn('true', { uid: -1 });
    spawn('true', { gid: -1 });
  },
  { skip: withoutRoot },
);

sameAsNode('options of Windows', ({ spawn }) => {
  spawn('printf', ['%s', '"quoted"'], { windowsHide: true, windowsVerbatimArguments: true });
});

sameAsNode('options that nobody knows', ({ spawn }) => void spawn('true', { unknown: {}, encoding: 'utf8' }));

sameAsNode('large arguments and a large environment', async ({ spawn }) => {
  const args = Array.from({ length: 2000 }, (_, index) => `argument ${index} ${'x'.repeat(20)}`);
  const env = Object.fromEntries(args.slice(0, 500).map((text, index) => [`NAME_${index}`, text]));
  await once(spawn('printf', ['%s', ...args], { env: { ...env, PATH: process.env.PATH } }), 'close');
  await once(spawn(process.execPath, showEnvironment, { env }), 'close');
});
