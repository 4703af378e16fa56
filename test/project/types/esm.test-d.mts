/** What a program in TypeScript may write. Checked by the compiler, never run. */
import type {
  ChildProcess,
  ChildProcessByStdio,
  ChildProcessWithoutNullStreams,
  SpawnOptions,
  spawn,
} from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import {
  type Capabilities,
  type ChildMethods,
  capabilities,
  getRlimit,
  type LaunchOptions,
  type LaunchStep,
  type OpenFd,
  openFds,
  type Rlimit,
  type Rlimits,
  type RlimitValue,
  type SafeChildProcess,
  type SafeSpawnErrorCode,
  type SafeSpawnOptions,
  type SpawnError,
  safeSpawn,
  setCloseOnExec,
  setRlimit,
} from 'safe-spawn';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function expectType<Expected>() {
  return <Actual,>(_value: Actual, _same: Same<Expected, Actual>): void => undefined;
}

// ---- the types of the streams follow stdio, as with spawn ----------------------------------------------------

expectType<ChildProcessWithoutNullStreams & ChildMethods>()(safeSpawn('true'), true);
expectType<ChildProcessWithoutNullStreams & ChildMethods>()(safeSpawn('true', ['one']), true);
expectType<ChildProcessWithoutNullStreams & ChildMethods>()(safeSpawn('true', { cwd: '/' }), true);
expectType<ChildProcessWithoutNullStreams & ChildMethods>()(
  safeSpawn('true', [], { rlimits: { nofile: 64 } }),
  true,
);
expectType<ChildProcessWithoutNullStreams & ChildMethods>()(safeSpawn('true', [], { stdio: 'pipe' }), true);
expectType<SafeChildProcess>()(safeSpawn('true', { stdio: 'inherit' }), true);
expectType<SafeChildProcess>()(safeSpawn('true', [], { stdio: 'ignore', rlimits: { core: 0 } }), true);
expectType<SafeChildProcess>()(safeSpawn('true', [], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] }), true);

expectType<ChildProcessByStdio<null, Readable, null> & ChildMethods>()(
  safeSpawn('true', [], { stdio: ['ignore', 'pipe', 'inherit'] }),
  true,
);
expectType<ChildProcessByStdio<Writable, null, Readable> & ChildMethods>()(
  safeSpawn('true', { stdio: ['pipe', process.stdout, 'pipe'], rlimits: { nofile: { soft: 64 } } }),
  true,
);
expectType<ChildProcessByStdio<Writable, Readable, Readable> & ChildMethods>()(
  safeSpawn('true', [], { stdio: ['pipe', undefined, null] }),
  true,
);

declare const options: SpawnOptions;
declare const ours: SafeSpawnOptions;
expectType<SafeChildProcess>()(safeSpawn('true', [], options), true);
expectType<SafeChildProcess>()(safeSpawn('true', ours), true);

// ---- it is a drop-in -----------------------------------------------------------------------------------------

const inPlaceOfSpawn: typeof spawn = safeSpawn;
inPlaceOfSpawn('true');

const child: ChildProcess = safeSpawn('true');
child.kill();

// ---- limits --------------------------------------------------------------------------------------------------

const all = {
  as: 'unlimited',
  core: 0,
  cpu: 1n,
  data: { soft: 1 },
  fsize: { hard: 1 },
  locks: { soft: 1, hard: 2n },
  memlock: { soft: 0, hard: 'unlimited' },
  msgqueue: 'inherit',
  nice: undefined,
  nofile: {},
  nproc: 1,
  rss: 1,
  rtprio: 1,
  rttime: 1,
  sigpending: 1,
  stack: 1,
} satisfies Required<{ [Name in keyof Rlimits]: Rlimit | undefined }>;
const launch: LaunchOptions = { rlimits: all };
safeSpawn('true', [], { ...launch, uid: 1 });

// @ts-expect-error: no such resource
safeSpawn('true', [], { rlimits: { nofiles: 1 } });
// @ts-expect-error: not a value
safeSpawn('true', [], { rlimits: { nofile: 'infinity' } });
// @ts-expect-error: not a half
safeSpawn('true', [], { rlimits: { nofile: { max: 1 } } });
// @ts-expect-error: a half can't be inherited in words, only left out
safeSpawn('true', [], { rlimits: { nofile: { soft: 'inherit' } } });
// @ts-expect-error: arguments are strings
safeSpawn('true', [1]);
// @ts-expect-error: a command is needed
safeSpawn();

// ---- other launch options ------------------------------------------------------------------------------------

const everything = {
  rlimits: all,
  passFds: [3],
  umask: '022',
  nice: 5,
  oomScoreAdj: 100,
  user: 'nobody',
  groups: ['adm', 4],
  processGroup: true,
  deathSignal: 'SIGKILL',
  noNewPrivileges: true,
  cgroup: '/sys/fs/cgroup/job',
  pipes: 'pipe',
} as const satisfies { [Name in keyof Required<LaunchOptions>]: unknown };
safeSpawn('true', [], { ...everything, user: 0, gid: 'root', groups: 'init', umask: 0o22 });
safeSpawn('true', [], { ...launch, uid: 'root', gid: 'root' });
safeSpawn('true', [], { processGroup: 5, deathSignal: 9 });

// @ts-expect-error: not a kind of pipe
safeSpawn('true', [], { pipes: 'fifo' });
// @ts-expect-error: not a signal
safeSpawn('true', [], { deathSignal: 'SIGNONE' });
// @ts-expect-error: a list
safeSpawn('true', [], { groups: 'adm' });

const used = safeSpawn('true', { stdio: 'ignore' }).resourceUsage();
expectType<NodeJS.ResourceUsage | undefined>()(used, true);
expectType<boolean>()(safeSpawn('true', { processGroup: true }).killTree('SIGKILL'), true);

expectType<RlimitValue>()(getRlimit('nofile').soft, true);
expectType<RlimitValue>()(setRlimit('core', { soft: 0 }, process.pid).hard, true);
// @ts-expect-error: no such resource
getRlimit('files');

// ---- errors --------------------------------------------------------------------------------------------------

safeSpawn('true').on('error', (error: SpawnError) => {
  expectType<LaunchStep | undefined>()(error.step, true);
  expectType<string | undefined>()(error.code, true);
  expectType<string[] | undefined>()(error.spawnargs, true);
  expectType<NodeJS.Signals | undefined>()(error.signal, true);
});

for (const step of ['stdio', 'rlimit nofile', 'uid', 'exec'] satisfies LaunchStep[]) console.log(step);
// @ts-expect-error: no such step
export const noStep: LaunchStep = 'execve';
// @ts-expect-error: no such resource
export const noResource: LaunchStep = 'rlimit files';
export const codes: SafeSpawnErrorCode[] = ['ERR_SAFE_SPAWN_ADDON', 'ERR_SAFE_SPAWN_KILL_TREE'];
// @ts-expect-error: a code of Node's
export const code: SafeSpawnErrorCode = 'ERR_INVALID_ARG_TYPE';

// ---- the rest ------------------------------------------------------------------------------------------------

expectType<number[]>()(setCloseOnExec(), true);
expectType<OpenFd[]>()(openFds(), true);
expectType<OpenFd[]>()(openFds(1), true);
for (const { fd, target, closeOnExec, access } of openFds()) {
  expectType<number>()(fd, true);
  expectType<string>()(target, true);
  expectType<boolean>()(closeOnExec, true);
  expectType<'r' | 'w' | 'rw' | 'path'>()(access, true);
}
// @ts-expect-error: a pid is a number
openFds('1');

const known: Capabilities = capabilities();
if (known.supported) {
  expectType<'vfork-shared-fds' | 'vfork' | 'fork'>()(known.cloneMode, true);
  expectType<string>()(known.reasons.closeFds, true);
} else {
  expectType<string>()(known.reason, true);
}
