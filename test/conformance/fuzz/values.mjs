/*
 * What the calls are made of: JavaScript, as text, which is evaluated for each arm. `fx` are the fixtures of fixtures.mjs.
 * Left out is what docs/drop-in.md lists as different: numbers that are no descriptors, Buffers as `cwd`, names as `uid`,
 * arguments that have no text.
 */

/** Values that some option or argument does not expect. */
export const ODD = [
  ...[
    'undefined',
    'null',
    'true',
    'false',
    '0',
    '1',
    '-1',
    '-0',
    '1.5',
    '2 ** 31',
    '2 ** 32',
    'NaN',
    'Infinity',
    '1n',
  ],
  ...[
    "''",
    "'x'",
    "'a\\0b'",
    "'\\ud800'",
    "Symbol('s')",
    "new String('s')",
    '[]',
    '({})',
    'Object.create(null)',
  ],
  ...[
    '() => {}',
    'class {}',
    '/x/',
    'new Date(0)',
    'new Map()',
    'new Set([1])',
    "Object.assign(new Error('e'), { stack: 'Error: e' })",
    'Promise.resolve()',
  ],
  ...[
    "({ toString() { return 'text'; } })",
    '({ valueOf() { return 5; } })',
    "({ get length() { throw new RangeError('g'); } })",
  ],
  ...['new Proxy({}, {})', 'new Proxy([], {})', 'Object.freeze([])', 'new (class Own extends Array {})()'],
  ...['new Uint8Array(2)', 'new ArrayBuffer(2)', 'new SharedArrayBuffer(2)', "Buffer.from('b')"],
  ...["new URL('file:///tmp')", "new URL('http://x/')", 'new EventTarget()', 'new WeakMap()', 'globalThis'],
];

/** As `file` of spawn and execFile. */
export const PROGRAMS = [
  ...[
    "'true'",
    "'false'",
    "'echo'",
    "'cat'",
    "'env'",
    "'pwd'",
    "'printf'",
    "'sh'",
    "'/bin/sh'",
    "'/bin/echo'",
  ],
  ...[
    "'nonexistent'",
    "'/nonexistent/program'",
    "'/etc'",
    "'/etc/passwd'",
    "''",
    "'.'",
    "'./true'",
    "'true/'",
  ],
  ...[
    'fx.script',
    'fx.plainScript',
    'fx.emptyScript',
    'fx.badInterpreter',
    'fx.crlfScript',
    'fx.notExecutable',
  ],
  ...["'x'.repeat(300)", "'/' + 'x'.repeat(5000)", "'\\u00e9'", "'sh '", 'fx.relativeScript'],
];

/** As command of a shell, and as what `sh -c` gets. All end by themselves. */
export const COMMANDS = [
  ...[
    "'true'",
    "'exit 3'",
    "'exit 255'",
    "'echo out'",
    "'echo out; echo err >&2; exit 7'",
    "'cat'",
    "'cat; echo done'",
  ],
  ...[
    "'kill -9 $$'",
    "'kill -TERM $$'",
    "'kill -USR1 $$'",
    "'kill -RTMIN $$'",
    "'nonexistent'",
    "''",
    "'exit 1 2 3'",
  ],
  ...[
    "'env'",
    "'pwd'",
    '\'echo $0 $1 "$A"\'',
    "'umask; ulimit -n; ulimit -c; nice'",
    "'exec 1>&-; cat >/dev/null'",
  ],
  ...[
    "'head -c 300000 /dev/zero'",
    '\'head -c 70000 /dev/zero | tr "\\\\0" x; echo err >&2\'',
    '\'printf "\\\\377\\\\376\\\\303"\'',
  ],
  ...['\'grep -E "^Sig(Blk|Ign|Cgt)|^NoNewPrivs" /proc/self/status\'', "'id -u; id -g; id -G'"],
  ...[
    '\'test "$(cut -d" " -f6 /proc/$$/stat)" = $$ && echo leads a session\'',
    "'read line; echo got:$line'",
    "'if'",
  ],
  ...[
    "'echo three >&3'",
    "'cat <&3'",
    "'echo \\u00e9\\ud83d\\ude00'",
    '\'trap "" TERM; echo x\'',
    "'readlink /proc/self/fd/0 | sed s/[0-9]//g'",
  ],
];

/** End only by a signal. */
export const ENDLESS = ["'exec sleep 60'", "'echo out; exec sleep 60'", "'echo err >&2; exec sleep 60'"];

export const ARGUMENTS = [
  ...[
    '[]',
    "['a']",
    "['a b', '$x', '']",
    "['0.01']",
    "['%s\\n', '\\u00e9', '\\ud83d\\ude00']",
    "['\\ud800']",
    "['--']",
  ],
  ...[
    '[1, null, undefined, true]',
    "[{ toString() { return 'text'; } }]",
    "['a\\0b']",
    '[[1, [2]]]',
    "Object.freeze(['f'])",
  ],
  ...["new Proxy(['p'], {})", '[1n]', '[new Date(0)]', "[Buffer.from('bb')]", '[() => 1]', "[, 'hole']"],
  ...["new Array(3).fill('x')", "['x'.repeat(200_000)]", "new Array(2000).fill('many')"],
];

const PATH = 'PATH: process.env.PATH';
export const ENVIRONMENTS = [
  ...[
    '{}',
    `{ A: '1', ${PATH} }`,
    `{ ${PATH}, A: '1' }`,
    "{ PATH: '/nonexistent:/bin' }",
    "{ PATH: '' }",
    "{ PATH: ':/bin' }",
  ],
  ...[
    "{ PATH: '/etc:/usr/bin' }",
    `{ A: undefined, B: null, C: 5, D: true, ${PATH} }`,
    `{ 'a=b': 'c', '': 'e', ${PATH} }`,
  ],
  ...[
    "{ 'A\\0': 'x' }",
    "{ A: 'x\\0y' }",
    "{ A: { toString() { return 'text'; } } }",
    "{ A: Symbol('x') }",
    'process.env',
  ],
  ...[
    `Object.create({ A: 'inherited', ${PATH} })`,
    `new Proxy({ A: '2', ${PATH} }, {})`,
    `{ get A() { return 'got'; }, ${PATH} }`,
  ],
  ...[
    `{ [Symbol('s')]: 1, A: '3', ${PATH} }`,
    "new Map([['A', 'b']])",
    `{ A: '\\u00e9\\ud800', ${PATH} }`,
    `{ ...process.env, A: 'x'.repeat(100_000) }`,
  ],
  ...[
    `{ A: 'a', a: 'b', ${PATH} }`,
    `Object.defineProperty({ ${PATH} }, 'A', { value: 'hidden' })`,
    `{ PATH: fx.folder }`,
  ],
  ...["{ A: 'x'.repeat(200_000) }", '{ get A() { throw new RangeError("g"); } }'],
];

export const STDIO_ENTRIES = [
  ...[
    "'pipe'",
    "'pipe'",
    "'ignore'",
    "'inherit'",
    'null',
    'undefined',
    'fx.null',
    'fx.input',
    'fx.output',
    '{ fd: fx.output }',
  ],
];
export const ODD_STDIO_ENTRIES = [
  ...['99999', '{ fd: 99999 }', "'ipc'", '({})', 'true', "{ fd: '3' }"],
  ...['0', '1', '2', 'process.stdin', '1n', '[]', '() => {}', "new (require('node:stream').Readable)()"],
];
/** In a synchronous function of Node, some end the process; a text or a buffer moves the later entries up, which can hang. */
export const ASYNC_STDIO_ENTRIES = [
  "'x'",
  "''",
  "Buffer.from('x')",
  'new Uint8Array(2)',
  "'overlapped'",
  'fx.writeStream',
  'fx.socket',
  'process.stdout',
  'process.stderr',
];
export const STDIO_WORDS = [
  "'pipe'",
  "'ignore'",
  "'inherit'",
  "'foo'",
  "''",
  '[]',
  'null',
  'undefined',
  "'ipc'",
];

const SIGNALS = [
  ...[
    "'SIGKILL'",
    "'SIGTERM'",
    "'SIGINT'",
    "'SIGHUP'",
    '9',
    '15',
    "'sigkill'",
    "'KILL'",
    "'SIGX'",
    "''",
    '0',
    '100',
    'null',
  ],
];

export const OPTIONS = {
  cwd: [
    "'/tmp'",
    "'/'",
    "'/proc/self'",
    "'/nonexistent'",
    "'/etc/passwd'",
    "new URL('file:///usr')",
    "'a\\0'",
    "'..'",
    'fx.folder',
    'null',
  ],
  env: ENVIRONMENTS,
  argv0: ["'zero'", "'a\\0b'", 'null', "'\\u00e9'"],
  shell: ['true', 'true', 'false', "'/bin/sh'", "'/bin/bash'", "'sh'", "''", "'/nonexistent/sh'", 'null'],
  detached: ['true', 'false', '1', 'null'],
  uid: ['0', '65534', '1.5', 'null', 'process.getuid()', '2 ** 31'],
  gid: ['0', '65534', 'null', 'process.getgid()'],
  timeout: ['0', '20_000', '-1', '1.5', 'null', "'5'", 'NaN', 'undefined'],
  killSignal: SIGNALS,
  serialization: ["'json'", "'advanced'", "'foo'", 'null', 'undefined'],
  encoding: [
    "'utf8'",
    "'buffer'",
    "'latin1'",
    "'hex'",
    "'base64'",
    "'utf16le'",
    "'UTF-8'",
    "'nope'",
    "''",
    'null',
    'undefined',
  ],
  maxBuffer: ['10', '0', '1', '65536', '1e6', 'Infinity', '3.5', '-1', 'NaN', "'5'", 'null', 'undefined'],
  input: [
    "'input'",
    "''",
    "Buffer.from('buf')",
    'new Uint8Array(100_000)',
    'new DataView(new ArrayBuffer(4))',
    'new Uint16Array([65, 66])',
    "'\\u00e9'.repeat(50_000)",
    'null',
  ],
  signal: [
    'fx.signal',
    'fx.signal',
    'AbortSignal.abort()',
    "AbortSignal.abort('why')",
    'AbortSignal.abort(new TypeError("why"))',
    '{ aborted: false }',
    'null',
    'undefined',
  ],
  silent: ['true', 'false'],
  execPath: ['process.execPath', "'nonexistent'", "''"],
  execArgv: ['[]', "['--no-warnings']", 'null', '[5]', "['--title=t']"],
  windowsHide: ['true', '1', 'null'],
  windowsVerbatimArguments: ['true', 'null'],
};

export { SIGNALS };
export const MODULES = ['fx.forked', 'fx.forked', 'fx.forkedUrl', "'/nonexistent.js'", "''"];
export const MESSAGES = [
  '{ hello: 1 }',
  "'text'",
  'null',
  'undefined',
  '5',
  'new Map([[1, 2]])',
  '1n',
  '() => {}',
  '[undefined, NaN]',
  "'x'.repeat(100_000)",
];
