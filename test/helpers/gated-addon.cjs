/* Preloaded: lets the library's own addon be the build with gates. */
const { join } = require('node:path');

const root = join(__dirname, '..', '..');
const addon = join(root, 'build', 'Release', 'safe_spawn.node');
const gated = join(
  root,
  'test',
  'fixtures',
  'native',
  'build',
  'gated',
  'build',
  'Release',
  'safe_spawn.node',
);
const { dlopen } = process;

process.dlopen = (module, file, ...flags) => dlopen(module, file === addon ? gated : file, ...flags);
