// The release machine itself may not change under the project.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../helpers/native.mjs';

const folder = join(root, '.github', 'workflows');
const workflows = readdirSync(folder).map((name) => ({
  name,
  text: readFileSync(join(folder, name), 'utf8'),
}));

for (const { name, text } of workflows) {
  test(`${name} takes every action by the hash of its commit`, () => {
    const used = [...text.matchAll(/uses: (.*)$/gm)].map(([, action]) => action);
    assert.notEqual(used.length, 0);
    for (const action of used) assert.match(action, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test(`${name} runs scripts that package.json has`, () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script);
    assert.deepEqual(
      named.filter((script) => !(script in scripts)),
      [],
    );
  });
}

test('no job may write to the repository, and only the one that publishes may have a token of identity', () => {
  const permissions = workflows.flatMap(({ text }) => [...text.matchAll(/^ +([\w-]+): write$/gm)]);
  assert.deepEqual(
    permissions.map(([, name]) => name),
    ['id-token'],
  );
});
