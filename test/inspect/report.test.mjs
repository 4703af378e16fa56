// The report: in words as docs/inspect.md shows it, as JSON after its schema, and for a large machine.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { inspect } from 'safe-spawn/inspect';
import { scratchDirectory } from '../helpers/scratch.mjs';
import { blocks } from '../project/blocks.mjs';
import { runInspect, safeSpawnCommand } from './run.mjs';
import { violations } from './schema.mjs';
import { writeStory } from './story.mjs';
import { writeCrowd, writeProcess } from './synthetic.mjs';

const require = createRequire(import.meta.url);
const { formatReport } = require('../../dist/cli/format-report.js');
const { printableJson } = require('../../dist/cli/printable.js');
const plain = { bad: (text) => text, dim: (text) => text };
const marked = { bad: (text) => `<${text}>`, dim: (text) => text };

const shown = blocks(join('docs', 'inspect.md')).filter(({ language }) => language === 'text');

for (const [index, supervised] of [true, false].entries()) {
  test(`docs/inspect.md shows the report ${supervised ? 'while the supervisor lives' : 'after its death'}`, () => {
    const report = inspect({ root: writeStory({ supervised }) });
    assert.equal(shown[index].code, formatReport(report, plain));
  });
}

describe('--json', () => {
  test('a report of this machine is after the schema', () => {
    assert.deepEqual(violations(inspect({ notes: true, pids: [process.pid, 2 ** 30] })), []);
  });

  test('a finding is after the schema', () => {
    const report = inspect({ root: writeStory({ supervised: false }) });
    assert.equal(report.findings.length, 1);
    assert.deepEqual(violations(report), []);
  });

  test('a report that breaks the schema is found', () => {
    const report = inspect({ root: writeStory({ supervised: false }) });
    const [finding] = report.findings;
    assert.equal(violations({ ...report, version: 2 }).length, 1);
    assert.equal(violations({ ...report, findings: [{ ...finding, kind: 'other', more: 1 }] }).length, 2);
    assert.equal(violations({ ...report, failures: [{ pid: '1', code: 'ESRCH' }] }).length, 1);
    assert.equal(violations({ ...report, processes: { seen: 1 } }).length, 1);
  });

  test('the schema knows the kinds that there are', () => {
    const declared = readFileSync(new URL('../../lib/inspect/report.ts', import.meta.url), 'utf8');
    const schema = JSON.parse(
      readFileSync(new URL('../../docs/inspect.schema.json', import.meta.url), 'utf8'),
    );
    for (const [type, definition] of Object.entries({ FindingKind: 'finding', NoteKind: 'note' })) {
      const [, union] = declared.match(new RegExp(`type ${type} =([^;]*);`));
      const kinds = [...union.matchAll(/'([\w-]+)'/g)].map(([, kind]) => kind);
      assert.deepEqual(schema.$defs[definition].properties.kind.enum, kinds);
    }
  });
});

test('only the first line of a finding is in the colour of danger', () => {
  const [first] = formatReport(inspect({ root: writeStory({ supervised: false }) }), marked).match(
    /<[^>]*>/g,
  );
  assert.match(first, /^<php 1066 hangs/);
});

/** C0, DEL, C1, the directions and isolates of bidi, marks of a direction, tags, invisible ones and line separators. */
const HOSTILE =
  '\x07\x1b[2J\x7f\x85\u009b31m\u009d0;x\u061c\u200b\u200e\u202e\u2066\u2069\ufeff\u2028\u2029\u00ad\u{e0041}';
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

describe('names, arguments and files act on no terminal', () => {
  const target = `/tmp/${HOSTILE}`;
  const fds = [
    { fd: 1, target: 'pipe:[7]', flags: '01' },
    { fd: 9, target: 'pipe:[7]', flags: '00' },
    { fd: 10, target, flags: '00' },
    { fd: 11, target: `${target} (deleted)`, flags: '00' },
  ];
  const writeHostile = () => {
    const root = mkdtempSync(join(scratchDirectory(), 'hostile-'));
    writeProcess(root, { pid: 7, parent: 1, name: `a${HOSTILE}b`, fds });
    return root;
  };

  test('in words', () => {
    const report = inspect({ root: writeHostile(), notes: true });
    assert.ok(report.findings.length > 0 && report.notes.length > 1);
    for (const line of formatReport(report, plain).split('\n')) assert.doesNotMatch(line, UNPRINTABLE);
  });

  test('as JSON, from which the same strings are read', () => {
    const report = inspect({ root: writeHostile(), notes: true });
    const json = printableJson(report);
    for (const line of json.split('\n')) assert.doesNotMatch(line, UNPRINTABLE);
    assert.deepEqual(JSON.parse(json), report);
    assert.ok(report.findings[0].process.name.includes(HOSTILE));
  });

  test('in the errors of the command', async () => {
    const word = `--${HOSTILE}\n`;
    const { code, stderr } = await runInspect([word]);
    assert.equal(code, 2);
    assert.match(stderr, /neither a PID nor an option\n$/);
    assert.doesNotMatch(stderr.slice(0, -1), UNPRINTABLE);
    const { status, stderr: unknown } = safeSpawnCommand([word]);
    assert.equal(status, 2);
    assert.doesNotMatch(unknown.split(': no such command\n')[0], UNPRINTABLE);
  });
});

test('ten thousand processes are read in seconds, and the one that hangs among them is found', (t) => {
  const root = writeStory({ supervised: false, folder: inMemory(t) });
  writeCrowd(root, 10_000, 2000);
  const start = process.cpuUsage();
  const { findings, processes } = inspect({ root });
  const { user, system } = process.cpuUsage(start);
  assert.equal(processes.seen, 10_002);
  assert.deepEqual(
    findings.map(({ process: { pid }, blocked }) => ({ pid, blocked })),
    [{ pid: 1066, blocked: true }],
  );
  // 2 s where it was written: this fails if a step goes through all processes for each.
  assert.ok((user + system) / 1e6 < 30, `${user + system} us`);
});

/** A folder that costs no disk, where there is one. */
function inMemory(t) {
  if (!existsSync('/dev/shm')) return scratchDirectory();
  const folder = mkdtempSync('/dev/shm/safe-spawn-test-');
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
