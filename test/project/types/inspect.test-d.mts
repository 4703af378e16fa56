/** The types of safe-spawn/inspect, as a monitoring program uses them. Checked by the compiler, never run. */
import { type Finding, type FindingKind, inspect, type NoteKind, type Report } from 'safe-spawn/inspect';

const report: Report = inspect();
inspect({ pids: [1, 2], notes: false, root: '/host/proc' });
// @ts-expect-error: a pid is a number
inspect({ pids: ['1'] });
// @ts-expect-error: there is no such option
inspect({ all: true });

const version: 1 = report.version;
const hanging: Finding[] = report.findings.filter(({ blocked }) => blocked);
const kinds: FindingKind[] = hanging.map(({ kind }) => kind);
const addresses: (string | null)[] = hanging.map(({ address }) => address);
const readers = hanging.flatMap(({ holders }) => holders.filter(({ access }) => access === 'r'));
const numbers: number[] = readers.map(({ pid }) => pid);
const notes: [NoteKind, number | null][] = report.notes.map(({ kind, value }) => [kind, value]);
const codes: ('ESRCH' | 'EACCES')[] = report.failures.map(({ code }) => code);
console.log(version, kinds, addresses, numbers, notes, codes);
