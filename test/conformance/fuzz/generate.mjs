// One random call: the text of its expression, and what is done with the child that it returns.
import { randomOfCase } from './random.mjs';
import * as values from './values.mjs';

const FUNCTIONS = [
  'spawn',
  'spawn',
  'spawn',
  'exec',
  'execFile',
  'fork',
  'spawnSync',
  'execSync',
  'execFileSync',
];
/** An option that these functions have is likelier to be given than one of the others. */
const OWN_OPTIONS = {
  spawn: ['stdio', 'shell', 'detached', 'argv0', 'signal', 'serialization'],
  exec: ['encoding', 'maxBuffer', 'timeout', 'signal', 'shell'],
  execFile: ['encoding', 'maxBuffer', 'timeout', 'signal', 'shell'],
  fork: ['stdio', 'silent', 'execPath', 'execArgv', 'serialization', 'signal', 'detached'],
  spawnSync: ['stdio', 'input', 'encoding', 'maxBuffer', 'shell', 'argv0'],
  execSync: ['stdio', 'input', 'encoding', 'maxBuffer', 'shell'],
  execFileSync: ['stdio', 'input', 'encoding', 'maxBuffer', 'shell', 'argv0'],
};

/**
 * A case is `{ name, call, after }`. `call` is an expression over `m`, a module like child_process, `fx`, the fixtures, and
 * `done`, a callback.
 */
export function generateCase(seed, index) {
  const random = randomOfCase(seed, index);
  const name = random.pick(FUNCTIONS);
  const isEndless = random.chance(0.12) && name !== 'fork';
  const isPromise = ['exec', 'execFile'].includes(name) && random.chance(0.2);
  const list = [
    ...firstArguments(random, name, isEndless),
    ...optionsAndCallback(random, name, isEndless, isPromise),
  ];
  return {
    name,
    call: `m.${name}(${list.join(', ')})`,
    isPromise,
    after: isSync(name) ? {} : afterwards(random, name, isEndless),
  };
}

export function isSync(name) {
  return name.endsWith('Sync');
}

function firstArguments(random, name, isEndless) {
  const command = isEndless ? random.pick(values.ENDLESS) : randomCommand(random, name);
  if (name === 'exec' || name === 'execSync') return [orOdd(random, 0.06, command)];
  if (name === 'fork') return [orOdd(random, 0.06, random.pick(values.MODULES)), ...someArguments(random)];
  if (isEndless || random.chance(0.4)) return ["'sh'", `['-c', ${command}]`];
  return [orOdd(random, 0.05, random.pick(values.PROGRAMS)), ...someArguments(random)];
}

/** In a synchronous call nobody would ever end the third pipe. */
function randomCommand(random, name) {
  const command = random.pick(values.COMMANDS);
  return isSync(name) && command.includes('<&3') ? "'true'" : command;
}

function someArguments(random) {
  return random.chance(0.2) ? [] : [orOdd(random, 0.1, random.pick(values.ARGUMENTS))];
}

function optionsAndCallback(random, name, isEndless, isPromise) {
  const hasCallback = (name === 'exec' || name === 'execFile') && !isPromise;
  const callback =
    hasCallback && random.chance(0.9) ? [random.chance(0.04) ? random.pick(values.ODD) : 'done'] : [];
  if (!isEndless && random.chance(0.12)) return callback;
  return [
    random.chance(0.04) && !isEndless ? random.pick(values.ODD) : options(random, name, isEndless),
    ...callback,
  ];
}

function options(random, name, isEndless) {
  const given = Object.entries(values.OPTIONS)
    .filter(([key]) => random.chance(OWN_OPTIONS[name].includes(key) ? 0.3 : 0.09))
    .map(([key, choice]) => [
      key,
      isOddlyChosen(random, key) ? random.pick(values.ODD) : random.pick(choice),
    ]);
  if (random.chance(OWN_OPTIONS[name].includes('stdio') ? 0.55 : 0.1))
    given.push(['stdio', stdio(random, name)]);
  const object = new Map(given);
  if (isEndless) endInTime(random, name, object);
  const members = [...object].map(([key, value]) => `${key}: ${value}`).join(', ');
  // A limit that is inherited is none.
  return isEndless ? `{ ${members} }` : dressed(random, members);
}

/** Names of users are documented to be accepted, and so are Buffers as directories. */
function isOddlyChosen(random, key) {
  return !['uid', 'gid', 'cwd'].includes(key) && random.chance(0.12);
}

function stdio(random, name) {
  const entry = () => {
    if (random.chance(0.7)) return random.pick(values.STDIO_ENTRIES);
    return random.pick([...values.ODD_STDIO_ENTRIES, ...(isSync(name) ? [] : values.ASYNC_STDIO_ENTRIES)]);
  };
  if (random.chance(0.3)) return random.pick(values.STDIO_WORDS);
  const entries = random.list(random.integer(6), entry);
  return `[${[...entries, ...(name === 'fork' && random.chance(0.8) ? ["'ipc'"] : [])].join(', ')}]`;
}

/** A synchronous call must end by its own time limit. The others are ended by what comes afterwards. */
function endInTime(random, name, object) {
  object.delete('stdio');
  if (name === 'exec' || isSync(name)) object.delete('shell');
  if (!isSync(name)) return;
  for (const key of ['killSignal', 'uid', 'gid', 'input']) object.delete(key);
  object.set('timeout', random.pick(['60', '60.5', '100']));
  if (random.chance(0.5)) object.set('killSignal', random.pick(["'SIGKILL'", '9', "'SIGINT'"]));
}

function dressed(random, members) {
  if (random.chance(0.04)) return `Object.assign(Object.create(null), { ${members} })`;
  if (random.chance(0.04)) return `new Proxy({ ${members} }, {})`;
  if (random.chance(0.04)) return `Object.create({ ${members} })`;
  if (random.chance(0.04)) return `Object.freeze({ ${members} })`;
  return `{ ${members} }`;
}

function afterwards(random, name, isEndless) {
  const after = { input: random.chance(0.4) ? 'hello\n' : undefined };
  if (isEndless || random.chance(0.1)) {
    after.end = random.pick(['kill', 'kill', 'kill on spawn', 'abort', 'abort on spawn', 'dispose']);
    after.signal = isEndless ? 'undefined' : random.pick([...values.SIGNALS, ...values.ODD]);
  }
  if (random.chance(0.1)) after.refs = true;
  if (name === 'fork' && random.chance(0.8)) after.message = random.pick(values.MESSAGES);
  return after;
}

function orOdd(random, probability, usual) {
  return random.chance(probability) ? random.pick(values.ODD) : usual;
}
