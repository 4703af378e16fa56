import { addon } from '../native/addon.js';
import { invalidType, invalidValue, outOfRange } from '../util/errors.js';
import { mapList } from '../util/lists.js';
import type { Account } from './launch-config.js';

/** The options of Node that are ids. */
interface Ids {
  uid?: unknown;
  gid?: unknown;
}

/** The id -1 as an unsigned number. The kernel takes it for "leave unchanged" (setuid(2)). */
const NO_ID: number = 2 ** 32 - 1;

/** Replaces user and group names with numeric ids. Leaves every other value for Node to validate. */
export function resolveIds(options: Ids): void {
  if (typeof options.uid === 'string') options.uid = toInt32(userId(options.uid));
  if (typeof options.gid === 'string') options.gid = toInt32(groupId('options.gid', options.gid));
}

/** Converts an id to the signed 32-bit number that Node accepts. */
function toInt32(id: number): number {
  return id | 0;
}

function userId(name: string): number {
  return findUser('options.uid', name).uid;
}

function findUser(option: string, name: string): { readonly uid: number; readonly gid: number } {
  const user = isName(name) ? addon().lookupUser(name) : undefined;
  if (user === undefined) throw invalidValue(option, name, `is not the name of a user${hintAtNumber(name)}`);
  return user;
}

function groupId(option: string, name: string): number {
  const id = isName(name) ? addon().lookupGroup(name) : undefined;
  if (id === undefined) throw invalidValue(option, name, `is not the name of a group${hintAtNumber(name)}`);
  return id;
}

/** Returns a hint for the message if `name` is a number in a string, such as an id read from a file. Otherwise returns ''. */
function hintAtNumber(name: string): string {
  return /^\d+$/.test(name) ? `: for an id use a number (${name})` : '';
}

/** Reads the `user` option. It looks up the groups of the user unless the option `groups` lists others. */
export function readUser(user: unknown, { uid, gid, groups }: Ids & { groups?: unknown }): Account {
  const option = 'options.user';
  if (uid !== undefined && uid !== null)
    throw invalidValue(option, user, "can't be combined with options.uid");
  const entry =
    typeof user === 'string' ? { name: user, ...findUser(option, user) } : findUserById(option, user);
  const group = isId(gid) ? gid >>> 0 : entry.gid;
  const isListed = groups !== undefined && groups !== 'init';
  return {
    uid: toInt32(entry.uid),
    gid: toInt32(group),
    groups: isListed ? undefined : addon().groupsOf(entry.name, group),
  };
}

function findUserById(option: string, uid: unknown): Named {
  if (typeof uid !== 'number') throw invalidType(option, 'of type string or number', uid);
  requireId(option, uid);
  const user = addon().lookupUid(uid);
  if (user === undefined) throw invalidValue(option, uid, 'is not the id of a known user');
  return { ...user, uid };
}

interface Named {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

function requireId(option: string, id: number): void {
  if (!Number.isInteger(id) || id < 0 || id >= NO_ID) {
    throw outOfRange(option, `an integer >= 0 && < ${NO_ID}`, id);
  }
}

function isName(name: string): boolean {
  return name !== '' && !name.includes('\0');
}

/** Reads the `groups` option as ids. Returns undefined for `'init'` with the option `user`, which sets the same groups. */
export function readGroups(
  groups: unknown,
  { uid, gid, user }: Ids & { user?: unknown },
): number[] | undefined {
  if (groups === 'init') return user === undefined ? groupsOfUser(uid, gid) : undefined;
  if (typeof groups === 'string') throw invalidValue('options.groups', groups, "must be an array or 'init'");
  if (!Array.isArray(groups)) throw invalidType('options.groups', "an instance of Array or 'init'", groups);
  return mapList(groups, readGroup);
}

function readGroup(group: unknown, index: number): number {
  const name = `options.groups[${index}]`;
  if (typeof group === 'string') return groupId(name, group);
  if (typeof group !== 'number') throw invalidType(name, 'of type number or string', group);
  requireId(name, group);
  return group;
}

/** Returns the groups of the child's user: that of `uid`, or of this process without it. */
function groupsOfUser(uid: unknown, gid: unknown): number[] {
  const id = (isId(uid) ? uid : process.geteuid?.()) ?? 0;
  const user = addon().lookupUid(id >>> 0);
  if (user === undefined)
    throw invalidValue(
      'options.groups',
      'init',
      `needs a user, but uid ${id} has no entry in the user database`,
    );
  return addon().groupsOf(user.name, isId(gid) ? gid >>> 0 : user.gid);
}

function isId(id: unknown): id is number {
  return typeof id === 'number';
}
