import type { LaunchOptions, UserOptions } from '../types.js';
import { invalidType, invalidValue, unsupportedPlatform } from '../util/errors.js';
import { nullPrototype } from '../util/objects.js';
import { isPlainObject } from '../util/validators.js';
import { whyMisspelt } from './misspelt.js';

const NAMES: readonly (keyof LaunchOptions)[] = [
  'rlimits',
  'passFds',
  'umask',
  'nice',
  'oomScoreAdj',
  'groups',
  'user',
  'processGroup',
  'deathSignal',
  'noNewPrivileges',
  'cgroup',
  'pipes',
];

/** Of the options of a function that has a list of those that it passes on. */
export function pickLaunchOptions(options: LaunchOptions): LaunchOptions {
  const picked = nullPrototype<Partial<Record<keyof LaunchOptions, unknown>>>({});
  for (const name of NAMES) {
    if (options[name] !== undefined) picked[name] = options[name];
  }
  return picked as LaunchOptions;
}

/** Of a function that only this library has: there, what is not known is a mistake and not an option of Node's. */
export function rejectUnknownOptions(options: object): void {
  if (!isPlainObject(options)) throw invalidType('options', 'a plain object', options);
  for (const [name, value] of Object.entries(options)) {
    if (!(NAMES as readonly string[]).includes(name)) {
      throw invalidValue(`options.${name}`, value, whyMisspelt(name) ?? 'is not a launch option');
    }
  }
}

/** Elsewhere than on Linux `child_process.spawn` does the work, and it would ignore these without a word. */
export function rejectLaunchOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) return;
  for (const name of NAMES) {
    if ((options as LaunchOptions)[name] !== undefined) throw unsupportedPlatform(`options.${name}`);
  }
  for (const name of ['uid', 'gid'] as const) {
    if (typeof (options as UserOptions)[name] === 'string')
      throw unsupportedPlatform(`options.${name} as a name`);
  }
}
