import type { LaunchOptions, Rlimits } from '../types.js';
import { invalidValue } from '../util/errors.js';
import { nullPrototype } from '../util/objects.js';
import { isRecord } from '../util/validators.js';
import { RESOURCES } from './rlimits.js';

type RightName = keyof LaunchOptions | 'uid' | 'gid' | 'detached';

/**
 * Names that other tools and languages use for an option. Only letters and digits count, and neither case nor a plural `s`, so
 * each name is listed once. The right name itself is misspelt in the same ways, and is not listed.
 */
const ALIASES: Readonly<Record<RightName, readonly string[]>> = {
  rlimits: ['ulimit', 'limit', 'resourceLimit', 'setrlimit', 'prlimit'],
  passFds: ['keepFds', 'inheritFds', 'preserveFds', 'extraFds', 'passFileDescriptors', 'keepFileDescriptors'],
  umask: ['fileModeCreationMask', 'fileCreationMask'],
  nice: ['niceness', 'niceValue', 'niceLevel', 'renice'],
  oomScoreAdj: ['oomScoreAdjust', 'oomScoreAdjustment', 'oomAdj', 'oomScore'],
  groups: [
    ...['extraGroups', 'supplementaryGroups', 'supplementalGroups', 'additionalGroups', 'groupAdd'],
    ...['extraGids', 'supplementaryGids', 'supplementalGids', 'additionalGids', 'gidList', 'groupList'],
    ...['setgroups', 'initgroups', 'initialGroups', 'clearGroups', 'keepGroups'],
  ],
  processGroup: [
    ...['processGroupId', 'newProcessGroup', 'ownProcessGroup', 'createProcessGroup'],
    ...['pgid', 'pgrp', 'pgroup', 'setpgid', 'setpgrp', 'setpgroup'],
  ],
  deathSignal: [
    ...['deathSig', 'pdeathSignal', 'pdeathSig', 'parentDeathSignal', 'parentDeathSig', 'setPdeathSig'],
    ...['prSetPdeathSig', 'parentDeath', 'dieWithParent', 'killWithParent'],
    ...['killOnParentExit', 'killOnParentDeath'],
  ],
  noNewPrivileges: ['noNewPrivs', 'noNewPriv', 'setNoNewPrivs', 'prSetNoNewPrivs'],
  cgroup: [
    'cgroupPath',
    'cgroupDir',
    'cgroupDirectory',
    'cgroupFd',
    'cgroupV2',
    'cgroupV2Path',
    'controlGroup',
  ],
  pipes: ['pipeType', 'pipeKind', 'stdioPipes'],
  user: ['userName', 'runAs', 'runAsUser', 'asUser'],
  uid: ['userId', 'setuid', 'euid', 'ruid', 'suid', 'reuid', 'setreuid', 'setresuid'],
  gid: [
    ...['groupId', 'setgid', 'egid', 'rgid', 'sgid', 'regid', 'setregid', 'setresgid'],
    ...['primaryGroup', 'runAsGroup', 'asGroup'],
  ],
  detached: ['setsid', 'newSession', 'startNewSession'],
};

/** Names of options that do not exist here, with a hint at the option that may be meant. */
const NOT_OPTIONS: Readonly<Record<string, string>> = {
  group: "is not an option: use 'gid' for the primary group, 'groups' for the supplementary ones",
  groupName: "is not an option: use 'gid', which takes a name",
  preexecFn: 'is not an option: JavaScript cannot run in the child before it executes the program',
  preexec: 'is not an option: JavaScript cannot run in the child before it executes the program',
  beforeExec: 'is not an option: JavaScript cannot run in the child before it executes the program',
  maxOpenFiles: whyNotAlone('nofile'),
};

/** Resources whose bare names can mean nothing else. Other libraries have options with the names of the others. */
const UNMISTAKABLE: ReadonlySet<keyof Rlimits> = new Set([
  ...(['fsize', 'memlock', 'msgqueue', 'nofile'] as const),
  ...(['nproc', 'rtprio', 'rttime', 'sigpending'] as const),
]);

/** The reasons are built at the first unknown name, since most programs have none. */
let reasons: ReadonlyMap<string, string> | undefined;

/** Returns the reason why each name is wrong, keyed by its plain spelling. */
function listReasons(): Map<string, string> {
  return new Map([
    ...Object.entries(ALIASES).flatMap(([right, aliases]) =>
      [right, ...aliases].map((name) => [plain(name), `is not an option: use '${right}'`] as const),
    ),
    ...RESOURCES.flatMap((resource) =>
      namesOfLimit(resource).map((name) => [plain(name), whyNotAlone(resource)] as const),
    ),
    ...Object.entries(NOT_OPTIONS).map(([name, reason]) => [plain(name), reason] as const),
  ]);
}

/** Names of a limit in systemd.exec(5) and setrlimit(2). */
function namesOfLimit(resource: keyof Rlimits): string[] {
  const names = [`limit${resource}`, `rlimit${resource}`];
  return UNMISTAKABLE.has(resource) ? [resource, ...names] : names;
}

function whyNotAlone(resource: keyof Rlimits): string {
  return `is not an option: use 'rlimits', as in { rlimits: { ${resource}: ... } }`;
}

/** Valid names: the options of this library and of Node's functions. */
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
  return name
    .toLowerCase()
    .replaceAll(/[^a-z\d]/g, '')
    .replace(/s$/, '');
}

/** Returns the reason why a name looks like a misspelt option, or undefined if it does not. */
export function whyMisspelt(name: string): string | undefined {
  if (KNOWN.has(name)) return undefined;
  reasons ??= listReasons();
  return reasons.get(plain(name));
}

/** Throws if options have a misspelt name. Otherwise the program would run without the option that its author meant. */
export function rejectMisspelt(options: unknown): void {
  eachMisspelt(options, (name, value, reason) => {
    throw invalidValue(`options.${name}`, value, reason);
  });
}

const warned = new Set<string>();

/** Warns once of each misspelt name. An error would break other libraries that pass options of their own. */
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
