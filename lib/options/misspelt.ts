import type { LaunchOptions } from '../types.js';
import { invalidValue } from '../util/errors.js';
import { nullPrototype } from '../util/objects.js';
import { isRecord } from '../util/validators.js';

type RightName = keyof LaunchOptions | 'uid' | 'gid' | 'detached';

/**
 * Names that other tools and languages use for an option. Case, `_`, `-` and a plural `s` make no difference, so each
 * name is listed once. The right name itself is misspelt in the same ways, and is not listed.
 */
const ALIASES: Readonly<Record<RightName, readonly string[]>> = {
  rlimits: ['ulimit', 'limit'],
  passFds: ['keepFds', 'inheritFds', 'preserveFds', 'extraFds'],
  umask: [],
  nice: ['niceness', 'niceValue'],
  oomScoreAdj: ['oomScoreAdjust', 'oomScoreAdjustment', 'oomAdj', 'oomScore'],
  groups: ['extraGroups', 'supplementaryGroups', 'supplementalGroups'],
  processGroup: ['processGroupId', 'pgid', 'pgrp', 'pgroup', 'setpgid', 'setpgrp'],
  deathSignal: [
    'deathSig',
    'pdeathSignal',
    'pdeathSig',
    'parentDeathSignal',
    'parentDeathSig',
    'setPdeathSig',
  ],
  noNewPrivileges: ['noNewPrivs', 'noNewPriv'],
  cgroup: ['cgroupPath', 'cgroupV2', 'controlGroup'],
  pipes: ['pipeType', 'pipeKind'],
  user: ['userName', 'runAs', 'runAsUser'],
  uid: ['userId', 'setuid', 'euid'],
  gid: ['groupId', 'setgid', 'egid', 'primaryGroup'],
  detached: ['setsid', 'newSession', 'startNewSession'],
};

/** Names of what does not exist here, and of what could be meant by each. */
const NOT_OPTIONS: Readonly<Record<string, string>> = {
  group: "is not an option: use 'gid' for the primary group, 'groups' for the supplementary ones",
  groupName: "is not an option: use 'gid', which takes a name",
  preexecFn: 'is not an option: nothing of this program can run in the child before it executes',
  preexec: 'is not an option: nothing of this program can run in the child before it executes',
  beforeExec: 'is not an option: nothing of this program can run in the child before it executes',
};

/** What is wrong with a name, by its plainest spelling. */
const REASONS: ReadonlyMap<string, string> = new Map(
  Object.entries(ALIASES)
    .flatMap(([right, aliases]) =>
      [right, ...aliases].map((name): [string, string] => [plain(name), `is not an option: use '${right}'`]),
    )
    .concat(Object.entries(NOT_OPTIONS).map(([name, reason]) => [plain(name), reason])),
);

/** Names that are in order: those of this library, and of Node's functions. */
const KNOWN: ReadonlySet<string> = new Set([
  ...Object.keys(ALIASES),
  ...[
    'argv0',
    'cwd',
    'encoding',
    'env',
    'execArgv',
    'execPath',
    'input',
    'killSignal',
    'maxBuffer',
    'serialization',
  ],
  ...['shell', 'signal', 'silent', 'stdio', 'timeout', 'windowsHide', 'windowsVerbatimArguments'],
]);

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '').replace(/s$/, '');
}

/** Why a name looks like a misspelt option; undefined if it does not. */
export function whyMisspelt(name: string): string | undefined {
  return KNOWN.has(name) ? undefined : REASONS.get(plain(name));
}

/** Throws if options have a misspelt name: the program would run without what it asks for. */
export function refuseMisspelt(options: unknown): void {
  eachMisspelt(options, (name, value, reason) => {
    throw invalidValue(`options.${name}`, value, reason);
  });
}

const warned = new Set<string>();

/** Warns once of each name. Other libraries pass on options of their own, which must not stop them. */
export function warnOfMisspelt(options: unknown): void {
  eachMisspelt(options, (name, _value, reason) => {
    if (warned.has(name)) return;
    warned.add(name);
    const message = `options.${name} ${reason}. It has no effect on the child process`;
    process.emitWarning(
      message,
      nullPrototype({ type: 'SafeSpawnWarning', code: 'SAFE_SPAWN_MISSPELT_OPTION' }),
    );
  });
}

function eachMisspelt(
  options: unknown,
  report: (name: string, value: unknown, reason: string) => void,
): void {
  if (!isRecord(options)) return;
  for (const name of Object.keys(options)) {
    const reason = whyMisspelt(name);
    if (reason === undefined) continue;
    const value = Reflect.get(options, name);
    if (value !== undefined) report(name, value, reason);
  }
}

/** A function that looks at its parameters, of which any may be options, before it starts a child. */
export function examining<Launch>(
  name: string,
  launch: (...parameters: never[]) => unknown,
  examine: (options: unknown) => void,
): Launch {
  const examined = (...parameters: never[]): unknown => {
    parameters.forEach(examine);
    return launch(...parameters);
  };
  Object.defineProperty(examined, 'name', nullPrototype({ value: name, configurable: true }));
  Object.defineProperty(examined, 'length', nullPrototype({ value: launch.length, configurable: true }));
  return examined as Launch;
}
