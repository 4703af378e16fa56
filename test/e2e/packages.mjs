/*
 * Real programs under `safe-spawn/register`, installed from npm into a scratch folder. Each runs twice, without and
 * with register: the first run shows that a descriptor leaks there, the second must show none, and the same result.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { root } from '../helpers/native.mjs';
import { eventually } from '../helpers/poll.mjs';

/** From the root: this folder is a package of its own. */
const require = createRequire(join(root, 'package.json'));
const ARMS = { stock: [], registered: [`-r ${require.resolve('safe-spawn/register')}`] };
const scratch = mkdtempSync(join(tmpdir(), 'safe-spawn-integration-'));
/** For one tool. */
const DEADLINE = 120_000;
let places = 0;

after(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));
await install();

/** Tests and compiles of programs that have the library itself as a dependency. */
const INSIDE = ['--rootDir=.', '--haste={"forceNodeFilesystemAPI":true}', '--testMatch=**/inside.test.cjs'];
const JEST_30 = join('node_modules', 'jest-30', 'bin', 'jest.js');

/** Not in a hook, whose time would be that of the first test. */
async function install() {
  cpSync(join(root, 'test', 'fixtures', 'packages', 'package.json'), join(scratch, 'package.json'));
  cpSync(join(root, 'test', 'fixtures', 'packages'), scratch, { recursive: true });
  const args = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  const child = spawn('npm', args, { cwd: scratch, stdio: 'inherit' });
  assert.deepEqual(await once(child, 'close'), [0, null]);
  symlinkSync(root, join(scratch, 'node_modules', 'safe-spawn'));
}

/** A place for one run of a tool: its environment, and what its processes write down. */
function prepare(arm) {
  places += 1;
  const log = join(scratch, `leaks-${places}`);
  const appLog = join(scratch, `app-${places}`);
  appendFileSync(log, '');
  appendFileSync(appLog, '');
  const env = {
    ...process.env,
    NODE_OPTIONS: [...ARMS[arm], `-r ${join(scratch, 'leak.cjs')}`].join(' '),
    PATH: `${join(scratch, 'node_modules', '.bin')}:${process.env.PATH}`,
    PM2_HOME: join(scratch, `pm2-${places}`),
    TEST_ADDON: join(root, 'test', 'fixtures', 'native', 'build', 'Release', 'test_addon.node'),
    APP_LOG: appLog,
    LEAK_LOG: log,
    CI: 'true',
    NO_COLOR: '1',
  };
  delete env.NODE_TEST_CONTEXT;
  return {
    start: (file, args) => spawn(file, args, { cwd: scratch, env, stdio: ['ignore', 'pipe', 'pipe'] }),
    startsOfApp: () => readFileSync(appLog, 'utf8').trim().split('\n').filter(Boolean).map(Number),
    leaks: () => readFileSync(log, 'utf8'),
    processes: () => (existsSync(`${log}.processes`) ? readFileSync(`${log}.processes`, 'utf8').length : 0),
  };
}

async function runTool(place, file, args) {
  const child = place.start(file, args);
  const outputs = [child.stdout, child.stderr].map((stream) => stream.setEncoding('utf8').toArray());
  const [code, signal] = await once(child, 'close');
  const [stdout, stderr] = (await Promise.all(outputs)).map((chunks) => chunks.join(''));
  return { code, signal, stdout, stderr };
}

/** A test of a tool that runs to its end, of which `result` takes what must be the same in both arms. */
function runsTheSame(title, [file, ...args], result) {
  test(title, { timeout: DEADLINE }, async () => {
    const results = {};
    for (const arm of Object.keys(ARMS)) {
      const place = prepare(arm);
      const run = await runTool(place, file, args);
      assert.equal(run.code, 0, `${arm}: ${run.stdout}${run.stderr}`);
      assert.ok(place.processes() > 1, 'it starts Node processes');
      checkLeaks(arm, place);
      results[arm] = result(run);
    }
    assert.deepEqual(results.registered, results.stock);
  });
}

/** A test of a tool that loads the library itself. */
function runsAlone(title, [file, ...args]) {
  test(title, { timeout: DEADLINE }, async () => {
    const { code, stdout, stderr } = await runTool(prepare('stock'), file, args);
    assert.equal(code, 0, `${stdout}${stderr}`);
  });
}

function checkLeaks(arm, place) {
  if (arm === 'stock') assert.notEqual(place.leaks(), '');
  else assert.equal(place.leaks(), '');
}

const stdoutOf = ({ stdout }) => stdout;

runsTheSame('execa', [process.execPath, 'execa.mjs'], ({ stdout }) => JSON.parse(stdout));
runsTheSame('cross-spawn', [process.execPath, 'cross-spawn.cjs'], ({ stdout }) => JSON.parse(stdout));
runsTheSame('npm runs a script', ['npm', 'run', '--silent', 'say', '--', 'by npm'], stdoutOf);
runsTheSame('npm exec', ['npm', 'exec', '--offline', '--', 'node', 'say.cjs', 'by exec'], stdoutOf);

for (const [version, jest] of Object.entries({ 29: ['jest'], 30: [process.execPath, JEST_30] })) {
  runsTheSame(
    `jest ${version} with child workers`,
    [
      ...jest,
      '--maxWorkers=2',
      '--rootDir=.',
      '--testMatch=**/number-*.test.cjs',
      '--haste={"forceNodeFilesystemAPI":true}',
    ],
    ({ stderr }) => stderr.match(/^Tests:.*$/m)?.[0],
  );

  runsAlone(`the library inside jest ${version}`, [...jest, ...INSIDE]);
}

runsAlone('the library inside vitest', ['vitest', 'run', '--pool=vmThreads', 'inside.test.mjs']);

for (const target of ['es5', 'es2022']) {
  test(`TypeScript 5 compiles for ${target} without exports, and it runs`, {
    timeout: DEADLINE,
  }, async () => {
    const place = prepare('stock');
    const options = ['--target', target, '--module', 'commonjs', '--moduleResolution', 'node10', '--strict'];
    const outDir = `compiled-${target}`;
    const made = await runTool(place, 'tsc', [
      ...options,
      '--types',
      'node',
      '--outDir',
      outDir,
      'consumer.ts',
    ]);
    assert.equal(made.code, 0, made.stdout);
    const { stdout, stderr } = await runTool(place, process.execPath, [join(outDir, 'consumer.js')]);
    assert.equal(stdout, 'hello\n', stderr);
  });
}

runsTheSame(
  'nyc, which wraps the spawns of a program to be in its children',
  [
    'nyc',
    '--reporter=text',
    '--include=nyc-*.cjs',
    '--temp-dir=nyc-temp',
    process.execPath,
    'nyc-parent.cjs',
  ],
  stdoutOf,
);

test('nodemon starts a program, and restarts it when a file changes', { timeout: DEADLINE }, async () => {
  for (const arm of Object.keys(ARMS)) {
    const place = prepare(arm);
    const child = place.start('nodemon', ['--verbose', '--watch', 'app.cjs', 'app.cjs']);
    child.stderr.resume();
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    await eventually('a start', () => place.startsOfApp().length === 1);
    await eventually('the watch', () => output.includes('watching 1 file'));
    // Once: each further change would put off the restart.
    utimesSync(join(scratch, 'app.cjs'), new Date(), new Date());
    await eventually('a restart', () => place.startsOfApp().length === 2);
    child.kill('SIGTERM');
    await once(child, 'close');
    checkLeaks(arm, place);
    await eventually('the end of all', () => !place.startsOfApp().some(isRunning));
  }
});

test('pm2 starts, restarts and stops a program, which holds nothing of the daemon', {
  timeout: DEADLINE,
}, async () => {
  for (const arm of Object.keys(ARMS)) {
    const place = prepare(arm);
    const pm2 = async (...args) => {
      const run = await runTool(place, 'pm2', args);
      assert.equal(run.code, 0, `${arm}: pm2 ${args}: ${run.stdout}${run.stderr}`);
      return run.stdout;
    };
    try {
      await pm2('start', 'app.cjs', '--name', 'app');
      await eventually('a start', () => place.startsOfApp().length === 1);
      await pm2('restart', 'app');
      await eventually('a restart', () => place.startsOfApp().length === 2);
      const [first, second] = place.startsOfApp();
      assert.deepEqual([isRunning(first), isRunning(second)], [false, true]);
      await pm2('stop', 'app');
      assert.equal(isRunning(second), false);
      const [state] = JSON.parse(await pm2('jlist'));
      assert.deepEqual([state.pm2_env.status, state.pm2_env.restart_time], ['stopped', 1]);
    } finally {
      await pm2('kill');
    }
    checkLeaks(arm, place);
  }
});

test('a bundle by webpack that leaves the package outside runs', { timeout: DEADLINE }, async () => {
  const place = prepare('stock');
  const made = await runTool(place, process.execPath, ['webpack.cjs']);
  assert.equal(made.code, 0, made.stderr);
  const { stdout, stderr } = await runTool(place, process.execPath, [join('bundle', 'bundled.cjs')]);
  assert.equal(stdout, 'hello\n', stderr);
});

test('a single executable application loads the package from beside itself', {
  timeout: DEADLINE,
}, async () => {
  const place = prepare('stock');
  const run = async (file, args) => {
    const { code, stdout, stderr } = await runTool(place, file, args);
    assert.equal(code, 0, `${stdout}${stderr}`);
    return stdout;
  };
  await run(process.execPath, ['--experimental-sea-config', 'executable.json']);
  copyFileSync(process.execPath, join(scratch, 'executable'));
  // Node looks for the application where this mark of its own is.
  const mark = ['--sentinel-fuse', 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'];
  await run('postject', ['executable', 'NODE_SEA_BLOB', 'executable.blob', ...mark]);
  assert.equal(await run(join(scratch, 'executable'), []), 'hello\n');
});

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
