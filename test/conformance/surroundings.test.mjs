// Where the library can be loaded: whatever else a program has set up before, children come out as Node's do.
import { sameAsNodeAlone } from './harness.mjs';

const PERMISSION = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

for (const how of [
  'AsyncLocalStorage.run()',
  'AsyncLocalStorage.enterWith()',
  'an AsyncResource',
  'a domain',
  'a hook that marks resources',
  'a subscriber that marks children',
  'a method that is wrapped',
  'emitters that are marked',
  'a Worker',
]) {
  sameAsNodeAlone(`loaded inside or after ${how}`, 'surroundings.mjs', { how: { input: { how } } });
}

for (const flags of [
  [],
  ['--frozen-intrinsics'],
  ['--disable-proto=delete'],
  ['--disable-proto=throw'],
  ['--disallow-code-generation-from-strings'],
  [PERMISSION, '--allow-fs-read=*', '--allow-addons', '--allow-child-process'],
]) {
  const title = `loaded with ${flags.join(' ') || 'no flags'}: as many children are seen as were asked for`;
  sameAsNodeAlone(title, 'surroundings.mjs', { how: { input: { how: 'flags alone' }, flags } });
}
