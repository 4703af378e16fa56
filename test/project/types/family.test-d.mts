/** The rest of the family: every call that @types/node knows gives the same type here. Checked, never run. */
import type { NonSharedBuffer } from 'node:buffer';
import type * as node from 'node:child_process';
import { promisify } from 'node:util';
import {
  type ChildMethods,
  type Containment,
  type ExitStatus,
  type PromiseWithSafeChild,
  type SafeChildProcess,
  type SafeSpawnSyncReturns,
  safeExec,
  safeExecFile,
  safeExecFileSync,
  safeExecSync,
  safeFork,
  safeSpawnSync,
  type WithExitStatus,
} from 'safe-spawn';
import ours, * as named from 'safe-spawn/child_process';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function expectType<Expected>() {
  return <Actual,>(_value: Actual, _same: Same<Expected, Actual>): void => undefined;
}

// ---- each can take the place of Node's -----------------------------------------------------------------------

export const inPlaceOfNodes: {
  exec: typeof node.exec;
  execFile: typeof node.execFile;
  fork: typeof node.fork;
  spawnSync: typeof node.spawnSync;
  execSync: typeof node.execSync;
  execFileSync: typeof node.execFileSync;
} = {
  exec: safeExec,
  execFile: safeExecFile,
  fork: safeFork,
  spawnSync: safeSpawnSync,
  execSync: safeExecSync,
  execFileSync: safeExecFileSync,
};

/** Names and types alike: a program that imports the one module can import the other. */
export const moduleInPlaceOfNodes: Pick<typeof node, keyof typeof node & keyof typeof named> = named;
expectType<never>()(null as never as Exclude<keyof typeof node, keyof typeof named>, true);
expectType<typeof safeExec>()(ours.exec, true);
expectType<typeof safeSpawnSync>()(named.spawnSync, true);
export type ItsTypes = [named.ChildProcess, named.SpawnOptions, named.ExecException, named.ForkOptions];

// ---- exec ----------------------------------------------------------------------------------------------------

const core = { core: 0 };

safeExec('true', (error, stdout, stderr) => {
  expectType<(node.ExecException & WithExitStatus) | null>()(error, true);
  expectType<string>()(stdout, true);
  expectType<string>()(stderr, true);
});
safeExec('true', { encoding: 'utf8', rlimits: core }, (_error, stdout) => expectType<string>()(stdout, true));
safeExec('true', { rlimits: core }, (_error, stdout) => expectType<string>()(stdout, true));
safeExec('true', { encoding: 'buffer', rlimits: core }, (error, stdout) => {
  expectType<(node.ExecException & WithExitStatus) | null>()(error, true);
  expectType<NonSharedBuffer>()(stdout, true);
});
safeExec('true', { encoding: null, umask: 0o22 }, (_error, stdout) =>
  expectType<NonSharedBuffer>()(stdout, true),
);
expectType<SafeChildProcess>()(safeExec('true', { nice: 5 }), true);
expectType<SafeChildProcess>()(safeExec('true'), true);
expectType<SafeChildProcess>()(
  safeExec('true', () => {}),
  true,
);
expectType<SafeChildProcess>()(safeExec('true', undefined), true);
expectType<SafeChildProcess>()(safeExec('true', { cwd: '/' }), true);
expectType<SafeChildProcess>()(safeExec('true', { encoding: 'buffer' }), true);
expectType<boolean>()(safeExec('ls').killTree(), true);
expectType<SafeChildProcess>()(ours.exec('true'), true);
declare const execOptions: node.ExecOptions;
expectType<SafeChildProcess>()(safeExec('true', execOptions), true);
safeExec('true', execOptions, (_error, stdout) => expectType<string | NonSharedBuffer>()(stdout, true));
safeExec('true', { encoding: 'buffer' }, (_error, stdout) => expectType<NonSharedBuffer>()(stdout, true));

// @ts-expect-error: a command is needed
safeExec();
// @ts-expect-error: no arguments beside the command
safeExec('echo', ['text']);
// @ts-expect-error: no such resource
safeExec('true', { rlimits: { nofiles: 1 } });
// @ts-expect-error: text is no Buffer
safeExec('true', { encoding: 'utf8', rlimits: core }, (_error, _stdout: Buffer) => {});

/** What @types/node say, by names that differ by version. */
type NodeFailure = Parameters<NonNullable<Parameters<typeof node.execFile>[3]>>[0];

// ---- execFile ------------------------------------------------------------------------------------------------

safeExecFile('true', (error, stdout) => {
  expectType<(NonNullable<NodeFailure> & WithExitStatus) | null>()(error, true);
  expectType<string>()(stdout, true);
});
safeExecFile('true', ['one'], (_error, stdout) => expectType<string>()(stdout, true));
safeExecFile('true', { rlimits: core }, (_error, stdout) => expectType<string>()(stdout, true));
safeExecFile('true', ['one'], { rlimits: core }, (_error, stdout) => expectType<string>()(stdout, true));
safeExecFile('true', null, { encoding: 'buffer', nice: 1 }, (_error, stdout) => {
  expectType<NonSharedBuffer>()(stdout, true);
});
safeExecFile('true', { encoding: 'buffer', nice: 1 }, (_error, stdout) =>
  expectType<NonSharedBuffer>()(stdout, true),
);
expectType<SafeChildProcess>()(safeExecFile('true', ['one'], { noNewPrivileges: true }), true);
expectType<SafeChildProcess>()(safeExecFile('ls', ['a']), true);
expectType<SafeChildProcess>()(safeExecFile('ls'), true);
expectType<SafeChildProcess>()(safeExecFile('ls', null), true);
expectType<SafeChildProcess>()(safeExecFile('ls', { cwd: '/' }), true);
expectType<SafeChildProcess>()(
  safeExecFile('ls', ['a'], () => {}),
  true,
);
expectType<boolean>()(safeExecFile('ls', ['a'], { encoding: 'buffer' }, () => {}).killTree(), true);
declare const execFileOptions: node.ExecFileOptions;
expectType<SafeChildProcess>()(safeExecFile('ls', ['a'], execFileOptions, null), true);
safeExecFile('ls', execFileOptions, (_error, stdout) => expectType<string | NonSharedBuffer>()(stdout, true));

// @ts-expect-error: arguments are strings
safeExecFile('true', [1], { rlimits: core });
// @ts-expect-error: not a kind of pipe
safeExecFile('true', [], { pipes: 'fifo' });
// @ts-expect-error: a function with two arguments too many
safeExecFile('true', [], { rlimits: core }, (_error, _stdout, _stderr, _more, _yetMore) => {});

// ---- their promises ------------------------------------------------------------------------------------------

interface Outputs<Text> {
  stdout: Text;
  stderr: Text;
}

const execPromise = promisify(safeExec);
const execFilePromise = promisify(safeExecFile);
expectType<PromiseWithSafeChild<Outputs<string>>>()(execPromise('true'), true);
expectType<PromiseWithSafeChild<Outputs<string>>>()(execPromise('true', { rlimits: core }), true);
expectType<PromiseWithSafeChild<Outputs<NonSharedBuffer>>>()(
  execPromise('true', { encoding: 'buffer', rlimits: core }),
  true,
);
expectType<PromiseWithSafeChild<Outputs<string>>>()(execFilePromise('true', ['one']), true);
expectType<PromiseWithSafeChild<Outputs<string>>>()(execFilePromise('true', [], { nice: 1 }), true);
expectType<PromiseWithSafeChild<Outputs<NonSharedBuffer>>>()(
  execFilePromise('true', [], { encoding: 'buffer', nice: 1 }),
  true,
);
expectType<SafeChildProcess>()(execPromise('true').child, true);
expectType<SafeChildProcess>()(execPromise('true', execOptions).child, true);
expectType<boolean>()(execFilePromise('true', ['one']).child.killTree(), true);
expectType<SafeChildProcess>()(execFilePromise('true').child, true);
expectType<SafeChildProcess>()(execFilePromise('true', { encoding: 'buffer' }).child, true);
// @ts-expect-error: a promise takes no callback
execPromise('true', () => {});

// ---- fork ----------------------------------------------------------------------------------------------------

expectType<SafeChildProcess>()(safeFork('app.js'), true);
expectType<SafeChildProcess>()(safeFork(new URL('file:///app.js'), ['one'], { execArgv: [], nice: 1 }), true);
expectType<SafeChildProcess>()(safeFork('app.js', { serialization: 'advanced', rlimits: core }), true);
expectType<NodeJS.ResourceUsage | undefined>()((safeFork('app.js') as ChildMethods).resourceUsage(), true);

// @ts-expect-error: no such serialization
safeFork('app.js', { serialization: 'xml', rlimits: core });
// @ts-expect-error: not a signal
safeFork('app.js', [], { deathSignal: 'SIGNONE' });
// @ts-expect-error: a program is needed
safeFork();

// ---- the synchronous functions -------------------------------------------------------------------------------

expectType<SafeSpawnSyncReturns<string>>()(safeSpawnSync('true', { encoding: 'utf8' }), true);
expectType<SafeSpawnSyncReturns<string>>()(safeSpawnSync('true', { encoding: 'utf8', rlimits: core }), true);
expectType<SafeSpawnSyncReturns<string>>()(
  safeSpawnSync('true', ['one'], { encoding: 'utf8', passFds: [3] }),
  true,
);
expectType<SafeSpawnSyncReturns<NonSharedBuffer>>()(
  safeSpawnSync('true', { encoding: 'buffer', nice: 1 }),
  true,
);
expectType<SafeSpawnSyncReturns<NonSharedBuffer>>()(safeSpawnSync('true', [], { rlimits: core }), true);

expectType<string>()(safeExecSync('true', { encoding: 'utf8', rlimits: core }), true);
expectType<Buffer>()(safeExecSync('true', { encoding: 'buffer', rlimits: core }), true);
expectType<string>()(safeExecFileSync('true', ['one'], { encoding: 'utf8', rlimits: core }), true);
expectType<string>()(safeExecFileSync('true', { encoding: 'utf8', rlimits: core }), true);
expectType<Buffer>()(safeExecFileSync('true', [], { rlimits: core }), true);

expectType<SafeSpawnSyncReturns<NonSharedBuffer>>()(safeSpawnSync('true'), true);
expectType<NonSharedBuffer>()(safeExecSync('true'), true);
expectType<NonSharedBuffer>()(safeExecFileSync('true', ['one']), true);

expectType<ExitStatus | undefined>()(safeSpawnSync('true', ['one']).exitStatus, true);
expectType<ExitStatus | undefined>()(execPromise('true').child.exitStatus, true);
expectType<Promise<ExitStatus | undefined>>()(execPromise('true').child.stop({ grace: 5 }), true);
expectType<Promise<void>>()(safeFork('app.js')[Symbol.asyncDispose](), true);
// @ts-expect-error: no such option of stop()
safeExec('true').stop({ timeout: 5 });
expectType<Containment>()(safeFork('app.js').containment, true);

// @ts-expect-error: input is text or bytes
safeSpawnSync('cat', [], { input: 5, rlimits: core });
// @ts-expect-error: no callback
safeSpawnSync('true', [], () => {});
// @ts-expect-error: no arguments beside the command
safeExecSync('echo', ['text']);
// @ts-expect-error: a list of numbers
safeExecFileSync('true', [], { passFds: 3 });
// @ts-expect-error: with an encoding it is text
export const bytes: Buffer = safeExecFileSync('true', [], { encoding: 'utf8', rlimits: core });
