import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { root } from '../../helpers/native.mjs';

const require = createRequire(import.meta.url);
const errors = require('../../../dist/util/errors.js');
const { missingAddonMessage } = require('../../../dist/native/addon-error.js');
const { annotateError: describeFailure } = require('../../../dist/launch/launch-error.js');

/** An error of Node's own, to compare with. */
function nodes(action) {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('Node found nothing wrong');
}

describe('our errors look like those of Node', () => {
  test('the code is in the first line of the stack and in the text, but not in the name', () => {
    const ours = errors.invalidType('path', 'of type string', 5);
    const theirs = nodes(() => require('node:path').join(5));
    for (const error of [ours, theirs]) {
      assert.equal(error.stack.split('\n')[0], `${error.name} [${error.code}]: ${error.message}`);
      assert.equal(String(error), `${error.name} [${error.code}]: ${error.message}`);
      assert.equal(error.name, error.constructor.name);
      assert.deepEqual(Object.keys(error), ['code']);
    }
    assert.equal(String(ours), String(theirs));
  });

  test('the stack begins where the error was asked for, not in the library', () => {
    const [, frame] = errors.invalidValue('name', 1, 'is wrong').stack.split('\n');
    assert.ok(frame.includes('errors.test.mjs'), frame);
  });

  test('console shows the heading once, and the code', () => {
    const shown = inspect(errors.outOfRange('name', '>= 0', -1));
    assert.equal(shown.split('RangeError').length, 2, shown);
    assert.ok(shown.includes("code: 'ERR_OUT_OF_RANGE'"), shown);
  });
});

describe('a value is described as in the messages of Node', () => {
  class Point {}
  const values = [
    undefined,
    null,
    true,
    0,
    -0,
    1.5,
    Number.NaN,
    12n,
    Symbol('mark'),
    function named() {},
    new Point(),
    {},
    [],
    Object.create(null),
    new Date(0),
  ];
  for (const value of values) {
    test(inspect(value), () => {
      const theirs = nodes(() => require('node:path').join(value));
      const ours = errors.invalidType('path', 'of type string', value);
      assert.equal(ours.message, theirs.message);
      assert.equal(ours.code, theirs.code);
      assert.equal(ours.constructor, theirs.constructor);
    });
  }
});

test('a system error has the fields of Node, in its order', () => {
  const error = errors.systemError(-2, 'spawn file');
  assert.deepEqual(Object.entries(error), [
    ['errno', -2],
    ['code', 'ENOENT'],
    ['syscall', 'spawn file'],
  ]);
  assert.equal(error.message, 'spawn file ENOENT');
});

test('an addon that is missing: what was looked for, and what to run', () => {
  const cause = new Error('No native build was found\n    and more');
  const error = errors.addonMissing(missingAddonMessage(root, cause), cause);
  assert.equal(error.code, 'ERR_SAFE_SPAWN_ADDON');
  assert.equal(error.cause, cause);
  for (const part of ['No native build was found', `${root}/`, 'npm rebuild safe-spawn', process.arch]) {
    assert.ok(error.message.includes(part), error.message);
  }
});

test('an addon that may not be read: which file, and which flag permits it', () => {
  const denial = { code: 'ERR_ACCESS_DENIED', permission: 'FileSystemRead', resource: `${root}/build` };
  const { message } = errors.addonMissing(
    missingAddonMessage(root, Object.assign(new Error('denied'), denial)),
    {},
  );
  assert.match(
    message,
    /this process may not read .*\/build\. Start it with --allow-fs-read=.*\/\* as well\.$/,
  );
  assert.ok(!message.includes('rebuild'), message);
});

test('an addon that may not be loaded: not a matter of building it', () => {
  const cause = Object.assign(new Error('disabled'), { code: 'ERR_DLOPEN_DISABLED' });
  const error = errors.addonMissing('/the/root', cause);
  assert.equal(error.code, 'ERR_SAFE_SPAWN_ADDONS_DISABLED');
  assert.ok(!error.message.includes('rebuild'), error.message);
});

describe('the failed step is added to the error of Node', () => {
  const failed = (failure) => {
    const error = errors.systemError(-1, 'spawn');
    describeFailure(error, { errno: -1, signal: '', message: undefined, ...failure }, 'nginx');
    return error;
  };

  test('a step that Node has too leaves the message alone', () => {
    const error = failed({ step: 'exec' });
    assert.equal(error.message, 'spawn EPERM');
    assert.equal(error.step, 'exec');
    assert.equal('signal' in error, false);
  });

  test('the text of Node stays where it has such a step too', () => {
    const error = failed({ step: 'uid', message: 'requires CAP_SETUID' });
    assert.equal(error.message, 'spawn EPERM: requires CAP_SETUID');
  });

  test('a step that Node has not is in the message, and in the stack', () => {
    const error = failed({ step: 'rlimit nofile', message: 'too high' });
    assert.equal(error.message, 'spawn nginx EPERM: too high');
    assert.ok(error.stack.startsWith('Error: spawn nginx EPERM: too high'), error.stack);
  });

  test('the signal that killed the child', () => {
    assert.equal(failed({ step: 'cwd', signal: 'SIGKILL', message: 'killed' }).signal, 'SIGKILL');
  });
});

test('the type of a step lists the steps of the core, in their order', () => {
  const source = readFileSync(join(root, 'lib', 'util', 'errors.ts'), 'utf8');
  const [union] = source.match(/export type LaunchStep =[^;]*;/);
  const listed = [...union.matchAll(/\| ['`](\w+)/g)].map(([, step]) => step);
  assert.deepEqual(listed, require('../../../dist/native/addon.js').addon().steps);
});

test('a property of Object.prototype spoils no error', () => {
  for (const name of ['get', 'set', 'enumerable']) {
    Object.prototype[name] = 5;
    try {
      assert.equal(errors.killTreeError('none').code, 'ERR_SAFE_SPAWN_KILL_TREE');
      assert.equal(errors.addonMissing('/nowhere', new Error('none')).cause.message, 'none');
    } finally {
      delete Object.prototype[name];
    }
  }
});
