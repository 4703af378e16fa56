/** Systems and runtimes that the library does not know, played by a process that says that it is one. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../../helpers/native.mjs';
import { isAlive } from '../../helpers/processes.mjs';

const run = promisify(execFile);

async function outcomes(pretend, expressions) {
  const script = `
    const { ChildProcess } = require('node:child_process');
    ${pretend}
    const library = require(${JSON.stringify(root)});
    const { safeSpawn, openFds, setCloseOnExec, capabilities } = library;
    const outcome = (action) => { try { return action() } catch ({ code, message }) { return { code, message } } };
    console.log(JSON.stringify([${expressions.map((expression) => `outcome(() => ${expression})`)}]));`;
  const { stdout } = await run(process.execPath, ['-e', script]);
  return JSON.parse(stdout);
}

const ON_MACOS = `Object.defineProperty(process, 'platform', { value: 'darwin' });`;

test('elsewhere than on Linux the child is that of child_process', async () => {
  const [constructorName, known] = await outcomes(ON_MACOS, [
    `safeSpawn('true', [], { stdio: 'ignore' })._handle.constructor.name`,
    'capabilities()',
  ]);
  assert.equal(constructorName, 'Process');
  assert.equal(known.supported, false);
  assert.ok(known.reason.includes('darwin'), known.reason);
});

test('elsewhere than on Linux what only Linux has is refused by name', async () => {
  const results = await outcomes(ON_MACOS, [
    `safeSpawn('true', [], { rlimits: { nofile: 64 } })`,
    `safeSpawn('true', { rlimits: {} })`,
    'openFds()',
    'setCloseOnExec()',
  ]);
  const names = ['options.rlimits', 'options.rlimits', 'openFds()', 'setCloseOnExec()'];
  results.forEach(({ code, message }, index) => {
    assert.equal(code, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM');
    assert.ok(message.includes(names[index]) && message.includes('darwin'), message);
  });
});

for (const start of [
  `safeSpawn('true')`,
  `library.safeExec('true')`,
  `library.safeExecFile('true')`,
  `library.safeFork('true')`,
]) {
  test(`elsewhere the child of ${start} refuses what only Linux has`, async () => {
    const call = (method) => `{ const child = ${start}; child.kill(); child.${method}(); }`;
    const results = await outcomes(ON_MACOS, [call('killTree'), call('resourceUsage')]);
    const names = ['child.killTree()', 'child.resourceUsage()'];
    results.forEach(({ code, message }, index) => {
      assert.equal(code, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM');
      assert.ok(message.includes(names[index]), message);
    });
  });
}

test('elsewhere a child has an exit status and a containment, and so have results and errors', async () => {
  const program = `['-c', 'kill -TERM $$']`;
  const script = `
    ${ON_MACOS}
    const library = require(${JSON.stringify(root)});
    const { once } = require('node:events');
    (async () => {
      const child = library.safeSpawn('sh', ${program}, { detached: true });
      const before = String(child.exitStatus);
      await once(child, 'exit');
      const failed = library.safeSpawn('/no/such/program');
      await once(failed, 'error');
      const error = await new Promise((resolve) => library.safeExecFile('sh', ${program}, resolve));
      let thrown;
      try { library.safeExecSync('kill -TERM $$') } catch (error) { thrown = error }
      console.log(JSON.stringify({
        before,
        containments: [child.containment, failed.containment],
        failed: String(failed.exitStatus),
        statuses: [child, library.safeSpawnSync('sh', ${program}), error, thrown].map((ended) => ended.exitStatus),
      }));
    })();`;
  const { stdout } = await run(process.execPath, ['-e', script]);
  const terminated = { code: null, signal: 'SIGTERM', signalNumber: 15, coreDumped: false, lost: false };
  assert.deepEqual(JSON.parse(stdout), {
    before: 'undefined',
    containments: ['group', 'none'],
    failed: 'undefined',
    statuses: Array(4).fill(terminated),
  });
});

test('elsewhere the functions that wait return what Node returns', async () => {
  const results = await outcomes(ON_MACOS, [
    `library.safeSpawnSync('true').status`,
    `library.safeExecSync('echo 1').toString()`,
    `library.safeExecFileSync('echo', ['1']).toString()`,
  ]);
  assert.deepEqual(results, [0, '1\n', '1\n']);
});

test('elsewhere stop() ends the child, and its group if it has one', async () => {
  const leaving = `sh -c "trap '' TERM; echo \\$\\$; exec sleep 1000" & wait`;
  const script = `
    ${ON_MACOS}
    const library = require(${JSON.stringify(root)});
    const { once } = require('node:events');
    (async () => {
      const child = library.safeSpawn('sh', ['-c', ${JSON.stringify(leaving)}], { detached: true });
      const [pid] = await once(child.stdout, 'data');
      const other = library.safeSpawn('sleep', ['1000']);
      const statuses = [await child.stop(), await child.stop(), await other.stop()];
      const wrong = await child.stop({ grace: -1 }).catch(({ code }) => code);
      console.log(JSON.stringify({ pid: Number(pid), wrong, signals: statuses.map(({ signal }) => signal) }));
    })();`;
  const { stdout } = await run(process.execPath, ['-e', script]);
  const signals = ['SIGTERM', 'SIGTERM', 'SIGTERM'];
  const { pid, ...others } = JSON.parse(stdout);
  assert.equal(isAlive(pid), false);
  assert.deepEqual(others, { wrong: 'ERR_OUT_OF_RANGE', signals });
});

test('elsewhere an option that is undefined is no option', async () => {
  const [started] = await outcomes(ON_MACOS, [`safeSpawn('true', [], { rlimits: undefined }).pid > 0`]);
  assert.equal(started, true);
});

for (const runtime of ['bun', 'deno']) {
  test(`${runtime} is refused by its name, and starts nothing`, async () => {
    const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, ${runtime}: '1.0' } });`;
    const results = await outcomes(pretend, [`safeSpawn('true')`, 'setCloseOnExec()', 'capabilities()']);
    for (const { code, message } of results) {
      assert.equal(code, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM');
      assert.ok(message.includes(runtime), message);
    }
  });
}
