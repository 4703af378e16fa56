import assert from 'node:assert/strict';
import * as stock from 'node:child_process';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import * as ours from 'safe-spawn/child_process';

const require = createRequire(import.meta.url);
const library = require('safe-spawn');
const stockModule = require('node:child_process');
const ourModule = require('safe-spawn/child_process');
const doors = { ...ours };

test('the module has every export of child_process, by require and by import', () => {
  assert.deepEqual(Object.keys(ours).sort(), Object.keys(stock).sort());
  assert.deepEqual(Object.keys(ourModule).sort(), Object.keys(stock).sort());
});

test('the module is its own default export, and both doors lead to one instance', () => {
  assert.equal(ours.default, ourModule);
  assert.equal(ourModule.default, ourModule);
  for (const name of Object.keys(ourModule)) assert.equal(doors[name], ourModule[name]);
});

test('a function can be replaced in the module, as in that of Node', () => {
  for (const name of Object.keys(stockModule)) {
    const [ofNode, ofOurs] = [stockModule, ourModule].map((module) =>
      Object.getOwnPropertyDescriptor(module, name),
    );
    assert.deepEqual(ofOurs, { ...ofNode, value: ourModule[name] }, name);
  }
});

test('functions have the names under which they are exported', () => {
  for (const [name, value] of Object.entries(library)) assert.equal(value.name, name);
});

test('functions that start something are of this library, under Node’s names, and the rest is Node’s', () => {
  const started = { spawn: 'safeSpawn', exec: 'safeExec', execFile: 'safeExecFile', fork: 'safeFork' };
  const sync = { spawnSync: 'safeSpawnSync', execSync: 'safeExecSync', execFileSync: 'safeExecFileSync' };
  for (const [name, safeName] of Object.entries({ ...started, ...sync })) {
    assert.equal(ourModule[name].name, name);
    assert.notEqual(ourModule[name], library[safeName]);
    assert.notEqual(ourModule[name], stockModule[name]);
  }
  assert.equal(ours.ChildProcess, stock.ChildProcess);
  assert.equal(ours._forkChild, stock._forkChild);
});

test('functions take as many parameters as Node says', () => {
  for (const name of ['spawn', 'exec', 'execFile', 'spawnSync', 'execSync', 'execFileSync', 'fork']) {
    assert.equal(ourModule[name].length, stockModule[name].length, name);
  }
});
