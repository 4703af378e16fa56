import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { safeSpawn } from 'safe-spawn';
import { sameAsNode } from './harness.mjs';

const withText = (text) => ({ toString: () => text });

class Point {}

/** Values of every kind, for what must not be of that kind. */
const STRANGERS = {
  null: null,
  'a number': 5.5,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  'a large number': 2 ** 40,
  'a bigint': 12n,
  'a string': 'text',
  'the empty string': '',
  'a long string': 'a'.repeat(40),
  'a string with quotes': `it's "quoted"`,
  'a string with NUL': 'a\0b',
  true: true,
  false: false,
  'a symbol': Symbol('mark'),
  'a function': function named() {},
  'an anonymous function': (() => () => {})(),
  'a class': Point,
  'an instance': new Point(),
  'an object': { a: 1 },
  'an object without prototype': Object.assign(Object.create(null), { a: 1 }),
  'an array': [1, 2],
  'a date': new Date(0),
  'a regular expression': /x/,
  'a buffer': Buffer.from('/'),
};

/** Options that are checked before anything is made. stdio is Node's own business, and has tests of its own. */
const CHECKED = [
  'cwd',
  'detached',
  'uid',
  'gid',
  'shell',
  'argv0',
  'windowsHide',
  'windowsVerbatimArguments',
  'timeout',
  'signal',
  'killSignal',
  'serialization',
];

/** Which child_process does not know. */
function isName(option, value) {
  return ['uid', 'gid'].includes(option) && typeof value === 'string';
}

function hasText(value) {
  try {
    return typeof `${value}` === 'string';
  } catch {
    return false;
  }
}

/** A program that does not exist: what passes the checks must fail alike, and start nothing. */
const nowhere = '/nonexistent/program';

for (const [kind, value] of Object.entries(STRANGERS)) {
  const file = typeof value === 'string' && value.length > 3 ? `${nowhere}/${value}` : value;
  sameAsNode(`${kind} as the file`, ({ spawn }) => void spawn(file));
  sameAsNode(`${kind} as the arguments`, ({ spawn }) => void spawn(nowhere, value));
  sameAsNode(`${kind} as the options`, ({ spawn }) => void spawn(nowhere, [], value));
  if (hasText(value))
    sameAsNode(`${kind} among the arguments`, ({ spawn }) => void spawn(nowhere, ['one', value]));
  sameAsNode(`${kind} in the environment`, ({ spawn }) => void spawn(nowhere, [], { env: { NAME: value } }));
  for (const name of CHECKED) {
    if (isName(name, value)) continue;
    sameAsNode(`${kind} as options.${name}`, ({ spawn }) => void spawn(nowhere, [], { [name]: value }));
  }
}

sameAsNode('nothing at all', ({ spawn }) => void spawn());
sameAsNode('options instead of arguments', ({ spawn }) => void spawn('pwd', { cwd: '/' }));
sameAsNode('options in both places: the second is not looked at', ({ spawn }) => {
  spawn('pwd', { cwd: '/' }, { cwd: '/usr' });
});
sameAsNode('null for the arguments, and options', ({ spawn }) => void spawn('pwd', null, { cwd: '/' }));
sameAsNode('a name of an environment variable with NUL', ({ spawn }) => {
  spawn('env', [], { env: { 'A\0B': 'value' } });
});
sameAsNode('a URL as cwd', ({ spawn }) => void spawn('pwd', { cwd: pathToFileURL('/usr') }));
sameAsNode('a URL that is no file as cwd', ({ spawn }) => {
  spawn('pwd', { cwd: new URL('https://example.org/') });
});
sameAsNode('a URL with an escaped NUL as cwd', ({ spawn }) => {
  spawn('pwd', { cwd: new URL('file:///usr/%00') });
});
sameAsNode('a lower-case killSignal', ({ spawn }) => void spawn('true', { killSignal: 'sigkill' }));
sameAsNode('an unknown killSignal', ({ spawn }) => void spawn('true', { killSignal: 'SIGNOTHING' }));
sameAsNode('a killSignal without a name', ({ spawn }) => void spawn('true', { killSignal: 35 }));
sameAsNode('something else that can be aborted', ({ spawn }) => {
  spawn(nowhere, { signal: { aborted: false, addEventListener() {}, removeEventListener() {} } });
});

sameAsNode('the first of several faults is the one that Node reports', ({ spawn }) => {
  spawn(nowhere, ['a\0b'], { cwd: 5, uid: true, timeout: -1 });
  spawn(nowhere, [], { killSignal: 'SIGNOTHING', env: { NAME: 'a\0b' }, timeout: -1 });
  spawn(nowhere, [], { killSignal: 'SIGNOTHING', timeout: -1, signal: 5 });
  spawn(nowhere, [], { stdio: 'nonsense', killSignal: 'SIGNOTHING', signal: 5 });
  spawn('', 'text', 5);
});

const objects = [withText('text'), withText('cut\0off')];
sameAsNode('arguments that are not strings', ({ spawn }) => {
  spawn('printf', ['[%s]', 1, null, undefined, true, 12n, [1, 2], ...objects]);
});

// Node passes on an empty string for them since 22.
test('arguments without a text are refused', () => {
  for (const value of Object.values(STRANGERS).filter((stranger) => !hasText(stranger))) {
    assert.throws(() => safeSpawn(nowhere, ['one', value]), TypeError);
  }
});

sameAsNode('a surrogate without its half', ({ spawn }) => void spawn('printf', ['%s', '\ud800 \u{1f600}']));

sameAsNode('options of which each is read once', ({ spawn }) => {
  const read = [];
  const options = new Proxy(
    { cwd: '/', argv0: 'zero', env: { A: '1' } },
    {
      get(target, name) {
        read.push(name);
        return target[name];
      },
    },
  );
  spawn('env', [], options);
  return read;
});

sameAsNode("the caller's arguments and options stay as they are", ({ spawn }) => {
  const args = Object.freeze(['%s', 'x']);
  const options = Object.freeze({ argv0: 'zero', stdio: 'pipe' });
  spawn('printf', args, options);
  return { args, options };
});

sameAsNode('options that a prototype holds are not looked at', ({ spawn }) => {
  spawn('pwd', [], Object.create({ cwd: '/usr', shell: true }));
});
