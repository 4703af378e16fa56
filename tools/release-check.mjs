// What has to be right before a release is published: `npm run release:check`, after `npm run build:prebuilds`. On a
// commit with a tag the version must be that of the tag, the changelog must have its date, and package.json must say where
// the sources are: npm publishes with provenance only from there.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, targets } from './prebuild/targets.mjs';

const MEGABYTE = 1_000_000;
const NOT_FOR_USERS = /^(test|bench|demo|tools|lib|examples|etc)\//;

const manifest = json('package.json');
const problems = [...prebuilds(), ...versions(), ...changelog(), ...repository(), ...tarball()];
for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log(`${manifest.name} ${manifest.version} can be published`);
process.exitCode = problems.length > 0 ? 1 : 0;

function prebuilds() {
  const table = join(root, 'tools', 'prebuild', 'table.mjs');
  const { status, stderr } = spawnSync(process.execPath, [table, '--check'], { encoding: 'utf8' });
  return status === 0 ? loading() : stderr.trim().split('\n');
}

/** An older addon has the symbols that it needs, too, but not the interface. */
function loading() {
  const { status, stderr } = spawnSync(process.execPath, [join(root, manifest.prebuild.test)], {
    encoding: 'utf8',
    env: { ...process.env, PREBUILDS_ONLY: '1' },
  });
  return status === 0 ? [] : [`the addon for this machine can't be loaded: ${stderr}`];
}

function versions() {
  const { version } = manifest;
  const lock = json('package-lock.json');
  const others = { 'package-lock.json': lock.version, 'its root package': lock.packages[''].version };
  const tag = tagOfThisCommit();
  if (tag !== undefined) others['the tag'] = tag.replace(/^v/, '');
  return Object.entries(others)
    .filter(([, other]) => other !== version)
    .map(([name, other]) => `package.json has version ${version}, ${name} has ${other}`);
}

function changelog() {
  const text = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
  const escaped = manifest.version.replaceAll('.', '\\.');
  const date = new RegExp(`^## ${escaped} - (unreleased|\\d{4}-\\d{2}-\\d{2})$`, 'm').exec(text)?.[1];
  if (date === undefined) return [`CHANGELOG.md has no entry for ${manifest.version}`];
  if (date === 'unreleased' && tagOfThisCommit()) return [`CHANGELOG.md has no date for ${manifest.version}`];
  return [];
}

function repository() {
  if (manifest.repository !== undefined || tagOfThisCommit() === undefined) return [];
  return ['package.json has no repository'];
}

function tarball() {
  const packed = JSON.parse(output('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']));
  const [{ files, size }] = Object.values(packed);
  const paths = new Set(files.map(({ path }) => path));
  const needed = [...targets.map(({ file }) => file), ...entries(manifest.exports), manifest.prebuild.test];
  return [
    ...needed.filter((path) => !paths.has(join(path))).map((path) => `${path} is not in the tarball`),
    ...[...paths].filter((path) => NOT_FOR_USERS.test(path)).map((path) => `${path} is in the tarball`),
    ...(size < MEGABYTE ? [] : [`the tarball has ${size} bytes`]),
  ];
}

/** Every file that the conditions of package.json lead to. */
function entries(conditions) {
  return typeof conditions === 'string' ? [conditions] : Object.values(conditions).flatMap(entries);
}

function tagOfThisCommit() {
  const tags = output('git', ['tag', '--points-at', 'HEAD', '--list', 'v*']);
  return tags.split('\n')[0] || undefined;
}

function json(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
}

function output(command, args) {
  return execFileSync(command, args, { cwd: root, encoding: 'utf8' });
}
