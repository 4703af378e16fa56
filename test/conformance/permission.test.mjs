import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { SAFE } from '../helpers/contenders.mjs';
import { root } from '../helpers/native.mjs';
import { runProgram, sameAsNodeAlone } from './harness.mjs';

const known = process.allowedNodeEnvironmentFlags;
const permission = known.has('--permission') ? '--permission' : '--experimental-permission';
const READ = '--allow-fs-read=*';
const ONLY_PACKAGE = `--allow-fs-read=${root}/*`;
const ADDONS = '--allow-addons';
const CHILDREN = '--allow-child-process';
const withoutAudit = known.has('--permission-audit') ? false : 'this Node has no --permission-audit';
const withoutDrop = canDrop() ? false : 'this Node has no process.permission.drop()';

function canDrop() {
  const { stdout } = spawnSync(process.execPath, [permission, READ, '-p', 'typeof process.permission.drop']);
  return String(stdout).trim() === 'function';
}

const { PATH } = process.env;
const show = 'echo "options: $NODE_OPTIONS"';
const PROGRAMS = [
  ['sh', ['-c', show]],
  ['sh', ['-c', show], { env: { PATH, NODE_OPTIONS: '--title=mine' } }],
  ['sh', ['-c', show], { env: { PATH, NODE_OPTIONS: '--permission --allow-worker' } }],
  ['sh', ['-c', show, '--permission'], { env: { PATH } }],
];
const COMMANDS = PROGRAMS.map(([, , options]) => [show, options]);

/** The synchronous functions ask for the permission in another way than the others, which all end in spawn. */
const STARTS = { spawn: PROGRAMS, spawnSync: PROGRAMS, execFileSync: PROGRAMS, execSync: COMMANDS };

function how(name, flags, { drop = false } = {}) {
  return { flags, input: { name, starts: STARTS[name], drop } };
}

for (const name of Object.keys(STARTS)) {
  const same = (title, flags, { drop, skip } = {}) =>
    sameAsNodeAlone(`${name}: ${title}`, 'permission.mjs', { how: how(name, flags, { drop }), skip });

  same('without the permission model', []);
  same('children are denied', [permission, READ, ADDONS]);
  same('children and addons are denied', [permission, READ]);
  same('children are permitted, and get the permissions of this process', [
    ...[permission, READ, ADDONS, CHILDREN],
    '--allow-worker',
  ]);
  same('nothing but the package may be read', [permission, ONLY_PACKAGE, ADDONS, CHILDREN]);
  same('an audit reports each child and starts it', ['--permission-audit', READ, ADDONS], {
    skip: withoutAudit,
  });
  same('an audit with permission reports nothing', ['--permission-audit', READ, ADDONS, CHILDREN], {
    skip: withoutAudit,
  });
  same('a permission that is dropped is denied from then on', [permission, READ, ADDONS, CHILDREN], {
    drop: true,
    skip: withoutDrop,
  });

  test(`${name}: where addons are denied nothing is started past the promise`, async () => {
    const { outcomes } = await runProgram('permission.mjs', SAFE, how(name, [permission, READ, CHILDREN]));
    for (const { fields } of outcomes) {
      assert.deepEqual(fields, [['code', 'ERR_SAFE_SPAWN_ADDONS_DISABLED']]);
    }
  });
}
