import { type Defaults, registration } from '../node/originals.js';
import type { LaunchOptions } from '../types.js';
import { nullPrototype } from '../util/objects.js';
import { isPlainObject } from '../util/validators.js';
import type { LaunchConfig } from './launch-config.js';
import { pickLaunchOptions } from './launch-options.js';
import { isSameFile } from './pass-fds.js';
import { isLaunchOption, LAUNCH_OPTION_NAMES, type OptionsWithNodes, readOption } from './readers.js';

type Values = Omit<LaunchConfig, 'inheritsEnvironment'>;

/** The values of a launch without launch options. They are own properties, which hide those of a polluted Object.prototype. */
const NO_VALUES = Object.fromEntries(LAUNCH_OPTION_NAMES.map((name) => [name, undefined])) as Values;

/** Reads the options of one child, and adds the defaults of register(). Options must have no prototype: see {@link nullPrototype}. */
export function readLaunchConfig(options: OptionsWithNodes, inheritsEnvironment: boolean): LaunchConfig {
  const defaults = registration()?.defaults.at(-1);
  if (defaults === undefined) return { ...readLaunchOptions(options), inheritsEnvironment };
  const values = readLaunchOptions(withDefaults(options, defaults.options));
  return { ...values, passFds: mergeFds(values.passFds, defaults), inheritsEnvironment };
}

/** Reads launch options alone. Throws for the first that can't be right. Most launches have none, so it is one pass over the names. */
export function readLaunchOptions(options: OptionsWithNodes): Values {
  let values: Values | undefined;
  for (const name of Object.keys(options)) {
    if (!isLaunchOption(name) || options[name] === undefined) continue;
    values ??= { ...NO_VALUES };
    Reflect.set(values, name, readOption(name, options));
  }
  return values ?? NO_VALUES;
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
