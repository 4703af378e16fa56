import { type Defaults, registration } from '../node/originals.js';
import type { LaunchOptions } from '../types.js';
import { nullPrototype } from '../util/objects.js';
import { isPlainObject } from '../util/validators.js';
import type { LaunchConfig } from './launch-config.js';
import { pickLaunchOptions } from './launch-options.js';
import { isSameFile } from './pass-fds.js';
import { isLaunchOption, type OptionsWithNodes, readOption } from './readers.js';

/** Most children have no launch option. They share these two objects, since making one with so many properties is slow. */
const WITHOUT_OPTIONS: LaunchConfig = nullPrototype({ inheritsEnvironment: false });
const WITHOUT_OPTIONS_INHERITING: LaunchConfig = nullPrototype({ inheritsEnvironment: true });

/** Reads the options of one child and adds the defaults of register(). `options` must have no prototype ({@link nullPrototype}). */
export function readLaunchConfig(options: OptionsWithNodes, inheritsEnvironment: boolean): LaunchConfig {
  const defaults = registration()?.defaults.at(-1);
  if (defaults === undefined) return readLaunchOptions(options, inheritsEnvironment);
  const config = readLaunchOptions(withDefaults(options, defaults.options), inheritsEnvironment);
  return nullPrototype(config, { passFds: mergeFds(config.passFds, defaults) });
}

/** Reads the launch options, without the defaults of register(). Throws for the first invalid one. */
export function readLaunchOptions(options: OptionsWithNodes, inheritsEnvironment: boolean): LaunchConfig {
  let config: Record<string, unknown> | undefined;
  for (const name in options) {
    if (!isLaunchOption(name) || options[name] === undefined) continue;
    config ??= nullPrototype<Record<string, unknown>>({ inheritsEnvironment });
    config[name] = readOption(name, options);
  }
  if (config !== undefined) return config as unknown as LaunchConfig;
  return inheritsEnvironment ? WITHOUT_OPTIONS_INHERITING : WITHOUT_OPTIONS;
}

/**
 * Merges the defaults into the options of a call, and `rlimits` by resource. A default must not make a call fail. So a call
 * with `detached` gets no default `processGroup`, and a call with `uid` gets no default `user`.
 */
function withDefaults(options: OptionsWithNodes, defaults: Defaults['options']): OptionsWithNodes {
  const { processGroup, user, ...others } = defaults;
  const group = options.detached ? {} : { processGroup };
  const account = options.uid === undefined || options.uid === null ? { user } : {};
  const rlimits = mergeRlimits(options.rlimits, defaults.rlimits);
  return nullPrototype(options, others, group, account, pickLaunchOptions(options), { rlimits });
}

/** Merges plain objects only. A spread would turn an invalid value, such as a Map, into a valid one. */
function mergeRlimits(
  requested: LaunchOptions['rlimits'],
  defaults: LaunchOptions['rlimits'],
): LaunchOptions['rlimits'] {
  if (requested === undefined) return defaults;
  return isPlainObject(requested) ? nullPrototype({}, defaults, requested) : requested;
}

function mergeFds(requested: readonly number[] = [], defaults: Defaults): readonly number[] {
  const open = defaults.passFds.filter(isSameFile).map(({ fd }) => fd);
  return open.length === 0
    ? requested
    : [...new Set([...requested, ...open])].sort((one, other) => one - other);
}
