import type { LaunchOptions, UserOptions } from '../types.js';
import { invalidType, invalidValue, unsupportedPlatform } from '../util/errors.js';
import { nullPrototype } from '../util/objects.js';
import { isPlainObject } from '../util/validators.js';
import { whyMisspelt } from './misspelt.js';
import { isLaunchOption, LAUNCH_OPTION_NAMES } from './readers.js';

/** Picks the launch options that have a value. The copy has no prototype. */
export function pickLaunchOptions(options: LaunchOptions): LaunchOptions {
  const picked = nullPrototype<Partial<Record<keyof LaunchOptions, unknown>>>({});
  for (const name of LAUNCH_OPTION_NAMES) {
    if (options[name] !== undefined) picked[name] = options[name];
  }
  return picked as LaunchOptions;
}

/** Throws for an option that is not a launch option. `register()` passes no options to Node, so such a name is a mistake. */
export function rejectUnknownOptions(options: object): void {
  if (!isPlainObject(options)) throw invalidType('options', 'a plain object', options);
  for (const [name, value] of Object.entries(options)) {
    if (!isLaunchOption(name)) {
      throw invalidValue(`options.${name}`, value, whyMisspelt(name) ?? 'is not a launch option');
    }
  }
}

/** Throws for each launch option, on platforms other than Linux. Node's functions do the work there and would ignore them. */
export function rejectLaunchOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) return;
  for (const name of LAUNCH_OPTION_NAMES) {
    if ((options as LaunchOptions)[name] !== undefined) throw unsupportedPlatform(`options.${name}`);
  }
  for (const name of ['uid', 'gid'] as const) {
    if (typeof (options as UserOptions)[name] === 'string')
      throw unsupportedPlatform(`options.${name} as a name`);
  }
}
