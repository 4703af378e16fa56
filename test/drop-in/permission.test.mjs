import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { SAFE } from '../helpers/contenders.mjs';
import { runProgram, sameAsNodeAlone } from './harness.mjs';

const known = process.allowedNodeEnvironmentFlags;
const permission = known.has('--permission') ? '--permission' : '--experimental-permission';
const READ = '--allow-fs-read=*';
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
const STARTS = [
  ['sh', ['-c', show]],
  ['sh', ['-c', show], { env: { PATH, NODE_OPTIONS: '--title=mine' } }],
  ['sh', ['-c', show], { env: { PATH, NODE_OPTIONS: '--permission --allow-worker' } }],
  ['sh', ['-c', show, '--permission'], { env: { PATH } }],
];

function how(flags, { starts = STARTS, drop = false } = {}) {
  return { flags, input: { starts, drop } };
}

sameAsNodeAlone('without the permission model', 'permission.mjs', { how: how([]) });

sameAsNodeAlone('children are denied', 'permission.mjs', { how: how([permission, READ, ADDONS]) });

sameAsNodeAlone('children and addons are denied', 'permission.mjs', { how: how([permission, READ]) });

sameAsNodeAlone('children are permitted, and get the permissions of this process', 'permission.mjs', {
  how: how([permission, READ, ADDONS, CHILDREN, '--allow-worker']),
});

sameAsNodeAlone('an audit reports each child and starts it', 'permission.mjs', {
  how: how(['--permission-audit', READ, ADDONS]),
  skip: withoutAudit,
});

sameAsNodeAlone('an audit with permission reports nothing', 'permission.mjs', {
  how: how(['--permission-audit', READ, ADDONS, CHILDREN]),
  skip: withoutAudit,
});

sameAsNodeAlone('a permission that is dropped is denied from then on', 'permission.mjs', {
  how: how([permission, READ, ADDONS, CHILDREN], { drop: true }),
  skip: withoutDrop,
});

test('where addons are denied nothing is started past the promise', async () => {
  const { outcomes } = await runProgram('permission.mjs', SAFE, how([permission, READ, CHILDREN]));
  for (const { fields } of outcomes) {
    assert.deepEqual(fields, [['code', 'ERR_SAFE_SPAWN_ADDONS_DISABLED']]);
  }
});
