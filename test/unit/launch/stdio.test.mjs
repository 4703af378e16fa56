// How Node's pipe handles get their descriptors under the permission model.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../helpers/native.mjs';

const require = createRequire(import.meta.url);
const { openPipe } = require(join(root, 'dist', 'native', 'addon.js')).addon();
const { errno } = require('node:os').constants;

/** A genuine handle that is open, and a new one of the same class. */
function handles() {
  const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
  const open = child.stdin._handle;
  const end = () => {
    child.stdin.end();
    return once(child, 'close');
  };
  return { open, unopened: new open.constructor(0), end };
}

test('a new handle gets the descriptor, and keeps the loop alive as before', async () => {
  const { unopened, end } = handles();
  const fd = openSync('/dev/null', 'r+');
  assert.equal(openPipe(unopened, fd), 0);
  assert.deepEqual([unopened.fd, unopened.hasRef()], [fd, true]);
  unopened.close();
  await new Promise(setImmediate);
  assert.throws(() => fstatSync(fd), { code: 'EBADF' });
  await end();
});

test('a handle that is no unopened pipe of this thread is refused, and the caller keeps the descriptor', async () => {
  const { open, unopened, end } = handles();
  const another = new open.constructor(0);
  const both = (name) => () => {
    for (const pipe of [unopened, another]) pipe[name]();
  };
  const fails = () => assert.fail('is only looked at');
  const closed = new open.constructor(0);
  closed.close();
  const fd = openSync('/dev/null', 'r+');
  for (const [title, handle] of Object.entries({
    'one that is open': open,
    'one that is closed': closed,
    'an object without methods': {},
    'methods that throw': { unref: fails, ref: fails },
    'a getter that throws': {
      get unref() {
        return fails();
      },
    },
    'methods of two handles at once': { ref: both('ref'), unref: both('unref') },
    'a function': () => undefined,
  })) {
    assert.equal(openPipe(handle, fd), -errno.EINVAL, title);
  }
  for (const args of [[], [5, fd], [null, fd], [unopened, 'text'], [unopened]]) {
    assert.throws(() => openPipe(...args), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  assert.ok(fstatSync(fd).isCharacterDevice());
  closeSync(fd);
  assert.equal(openPipe(unopened, fd), -errno.EBADF);
  for (const pipe of [unopened, another]) pipe.close();
  await end();
});
