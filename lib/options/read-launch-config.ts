import { type Defaults, registration } from '../node/originals.js';
import type { LaunchOptions } from '../types.js';
import { nullPrototype } from '../util/objects.js';
import { isPlainObject } from '../util/validators.js';
import type { LaunchConfig } from './launch-config.js';
import { pickLaunchOptions } from './launch-options.js';
import { isSameFile } from './pass-fds.js';
import { isLaunchOption, type OptionsWithNodes, readOption } from './readers.js';

/** Most children have no launch option. They share these two, since an object with so many properties takes long to make. */
const WITHOUT_OPTIONS: LaunchConfig = nullPrototype({ inheritsEnvironment: false });
const WITHOUT_OPTIONS_INHERITING: LaunchConfig = nullPrototype({ inheritsEnvironment: true });

/** Reads the options of one child, and adds the defaults of register(). Options must have no prototype: see {@link nullPrototype}. */
export function readLaunchConfig(options: OptionsWithNodes, inheritsEnvironment: boolean): LaunchConfig {
  const defaults = registration()?.defaults.at(-1);
  if (defaults === undefined) return readLaunchOptions(options, inheritsEnvironment);
  const config = readLaunchOptions(withDefaults(options, defaults.options), inheritsEnvironment);
  return nullPrototype(config, { passFds: mergeFds(config.passFds, defaults) });
}

/** Reads launch options alone. Throws for the first that can't be right. */
export function readLaunchOptions(options: OptionsWithNodes, inheritsEnvironment: boolean): LaunchConfig {
  const names = Object.keys(options).filter(isLaunchOption);
  if (names.length === 0) return inheritsEnvironment ? WITHOUT_OPTIONS_INHERITING : WITHOUT_OPTIONS;
  const config = nullPrototype<LaunchConfig>({ inheritsEnvironment });
  for (const name of names) {
    if (options[name] !== undefined) Reflect.set(config, name, readOption(name, options));
  }
  return config;
}

/**
 * Limits add up by resource. A default must not make a call fail: `detached` makes a process group, and a `uid` names a user,
 * so these calls don't get the default `processGroup` or `user`.
 */
function withDefaults(options: OptionsWithNodes, defaults: Defaults['options']): OptionsWithNodes {
  const { processGroup, user, ...others } = defaults;
  const group = options.detached ? {} : { processGroup };
  const account = options.uid === undefined || options.uid === null ? { user } : {};
  const rlimits = mergeRlimits(options.rlimits, defaults.rlimits);
  return nullPrototype(options, others, group, account, pickLaunchOptions(options), { rlimits });
}

/** Returns anything but a plain object as it is: a spread would make a valid value of a Map or an instance of a class. */
function mergeRlimits(
  given: LaunchOptions['rlimits'],
  defaults: LaunchOptions['rlimits'],
): LaunchOptions['rlimits'] {
  if (given === undefined) return defaults;
  return isPlainObject(given) ? nullPrototype({}, defaults, given) : given;
}

function mergeFds(requested: readonly number[] = [], defaults: Defaults): readonly number[] {
  const open = defaults.passFds.filter(isSameFile).map(({ fd }) => fd);
  return open.length === 0
    ? requested
    : [...new Set([...requested, ...open])].sort((one, other) => one - other);
}
