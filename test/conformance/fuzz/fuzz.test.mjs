// The fuzzer: it finds what was planted, and says how to play it again.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../helpers/native.mjs';

const planted = join(root, 'test', 'conformance', 'fuzz', 'planted.mjs');

function fuzz(...args) {
  const command = [join(root, 'test', 'conformance', 'fuzz', 'index.mjs'), ...args.map(String)];
  return spawnSync(process.execPath, command, { encoding: 'utf8' });
}

test('a few random calls come to the same as with child_process', () => {
  const { status, stdout } = fuzz('--count', 60);
  assert.equal(status, 0, stdout);
  assert.match(stdout, /^0 differences in 60 cases, seed 1, Node v/);
});

test('another outcome and a process that ends are found, and the lines that are printed play them again', () => {
  const { status, stdout } = fuzz('--seed', 4, '--count', 60, '--module', planted);
  assert.equal(status, 1, stdout);
  const found = stdout.split('\n\n').filter((text) => text.startsWith('case'));
  for (const [call, effect] of [
    ['spawnSync', /status: 1/],
    ['execFileSync', /the process ended with SIGKILL/],
  ]) {
    const text = found.find((text) => text.includes(`m.${call}(`) && effect.test(text));
    assert.ok(text, stdout);
    const [, line] = /^reproduce: node test\/conformance\/fuzz\/index\.mjs (.*)$/m.exec(text);
    const again = fuzz(...line.split(' '));
    assert.equal(again.status, 1);
    assert.match(again.stdout, effect);
    assert.match(again.stdout, /^1 differences in 1 cases, seed 4/m);
  }
});

test('the same seed makes the same calls', () => {
  const [one, other] = [1, 2].map(() => fuzz('--seed', 4, '--only', 7).stdout);
  assert.equal(one, other);
  assert.match(one, /^case 7 of seed 4: /);
});

test('a seed or a count that is no number is an error', () => {
  for (const args of [
    ['--seed', 'x'],
    ['--count', '-1'],
    ['--sed', '1'],
  ]) {
    const { status, stderr } = fuzz(...args);
    assert.equal(status, 1);
    assert.match(stderr, /is not a number|Unknown option|ambiguous/);
  }
});
