/** The supervisor of examples/, compiled and run as somebody would who copied it. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { launcherPath, root } from './native.mjs';
import { eventually } from './poll.mjs';
import { fdTargets, isAlive } from './processes.mjs';
import { scratchPath } from './scratch.mjs';

const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const library = pathToFileURL(join(root, 'dist', 'index.mjs'));
const STOCK_PACKAGE = `
  export * from '${library}';
  export { spawn as safeSpawn } from 'node:child_process';
`;

let safeProject;
let stockProject;

/** A folder with the compiled example, in which `safe-spawn` is this package. */
function project() {
  safeProject ??= compiled();
  return safeProject;
}

/** The control: the same program, in which `safeSpawn` is the `spawn` of Node. */
function projectWithStock() {
  stockProject ??= withPackage((folder) => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{ "type": "module", "exports": "./index.js" }');
    writeFileSync(join(folder, 'index.js'), STOCK_PACKAGE);
  });
  cpSync(join(project(), 'dist'), join(stockProject, 'dist'), { recursive: true });
  return stockProject;
}

function compiled() {
  const folder = withPackage((path) => symlinkSync(root, path));
  symlinkSync(join(root, 'node_modules', '@types'), join(folder, 'node_modules', '@types'));
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  assert.equal(status, 0, stdout);
  return folder;
}

function withPackage(install) {
  const folder = scratchPath('project');
  cpSync(join(root, 'examples', 'supervisor'), folder, { recursive: true, filter: isSource });
  mkdirSync(join(folder, 'node_modules'));
  install(join(folder, 'node_modules', 'safe-spawn'));
  return folder;
}

function isSource(path) {
  return !/\/(dist|node_modules)$/.test(path);
}

/** One of its modules. */
export function supervisorModule(name) {
  return import(pathToFileURL(join(project(), 'dist', name)));
}

/**
 * Runs it, until the test ends, and resolves when its programs are started.
 *
 * @param t of the test
 * @param programs those of the file, as `{ a: { command: ['sleep', '9'] } }`, or a function that returns them for a folder
 * @param launcher options of test/fixtures/native/launcher.c
 * @param stderr where it goes, as an entry of stdio
 */
export async function startSupervisor(t, programs, { launcher = [], stock = false, stderr = 'pipe' } = {}) {
  const folder = scratchPath('supervisor');
  mkdirSync(folder);
  const supervisor = new RunningSupervisor(folder, stock ? projectWithStock() : project(), stderr);
  supervisor.configure(typeof programs === 'function' ? programs(folder) : programs);
  t.after(() => supervisor.end());
  await supervisor.run(launcher);
  return supervisor;
}

class RunningSupervisor {
  output = '';
  /** Itself, however often it was launched, and its programs. */
  #pids = new Set();

  constructor(folder, projectFolder, stderr) {
    this.folder = folder;
    this.stderr = stderr;
    this.socket = join(folder, 'socket');
    this.file = join(folder, 'supervisor.json');
    this.main = join(projectFolder, 'dist', 'main.js');
  }

  configure(programs) {
    writeFileSync(this.file, JSON.stringify({ socket: this.socket, programs }));
  }

  async run(launcher = []) {
    this.process = this.launch(launcher);
    await eventually('the supervisor is ready', () => {
      assert.equal(this.process.exitCode, null, this.output);
      return /^ready$/m.test(this.output);
    });
  }

  /** Its output begins anew. */
  launch(launcher = []) {
    this.output = '';
    const command = [process.execPath, this.main, this.file];
    const child = spawn(launcherPath, [...launcher.map(String), '--', ...command], {
      stdio: ['ignore', 'pipe', this.stderr],
    });
    this.#pids.add(child.pid);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        this.output += text;
      });
    }
    return child;
  }

  get pid() {
    return this.process.pid;
  }

  async status() {
    const { body } = await this.ask('GET', '/status');
    for (const { pid } of body) if (pid) this.#pids.add(pid);
    return Object.fromEntries(body.map((program) => [program.name, program]));
  }

  /** Resolves to the status of all once each is in one of the states. */
  inStates(...states) {
    return eventually(`all are ${states}`, async () => {
      const status = await this.status();
      return Object.values(status).every(({ state }) => states.includes(state)) && status;
    });
  }

  async ask(method, path) {
    const { socketPath = this.socket } = this;
    const asked = request({ socketPath, method, path, agent: false }).end();
    const [response] = await once(asked, 'response');
    return { code: response.statusCode, body: await json(response) };
  }

  async kill(signal = 'SIGKILL') {
    const closed = once(this.process, 'exit');
    this.process.kill(signal);
    const [code] = await closed;
    return code;
  }

  end() {
    for (const pid of this.#pids) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  }
}

/** Resolves once a process has these descriptors only: while a program is loaded, it opens its libraries. */
export async function holds(pid, fds) {
  const held = () => Object.keys(fdTargets(pid)).map(Number);
  await eventually(`${pid} holds ${fds}, not ${held()}`, () => isDeepStrictEqual(held(), fds));
}
