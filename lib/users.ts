import { invalidType, invalidValue, outOfRange } from './errors.js';
import { native } from './native.js';

/** Two of the options that hold ids. */
interface Ids {
  uid?: unknown;
  gid?: unknown;
}

/** -1 as the kernel sees it: "leave it as it is". */
const NO_ID: number = 2 ** 32 - 1;

/** Puts ids in the place of names. What is no name is left for Node to judge, and so are numbers. */
export function resolveIds(options: Ids): void {
  if (typeof options.uid === 'string') options.uid = toInt32(userId(options.uid));
  if (typeof options.gid === 'string') options.gid = toInt32(groupId('options.gid', options.gid));
}

/** Node takes ids of 32 bits with a sign, and hands them on as they are. */
function toInt32(id: number): number {
  return id | 0;
}

function userId(name: string): number {
  const user = isName(name) ? native().lookupUser(name) : undefined;
  if (user === undefined) throw invalidValue('options.uid', name, 'is not the name of a user');
  return user.uid;
}

function groupId(option: string, name: string): number {
  const id = isName(name) ? native().lookupGroup(name) : undefined;
  if (id === undefined) throw invalidValue(option, name, 'is not the name of a group');
  return id;
}

function isName(name: string): boolean {
  return name !== '' && !name.includes('\0');
}

/** The `groups` option as ids; undefined if there is none. */
export function readGroups(groups: unknown, { uid, gid }: Ids): number[] | undefined {
  if (groups === undefined) return undefined;
  if (groups === 'init') return groupsOfUser(uid, gid);
  if (typeof groups === 'string') throw invalidValue('options.groups', groups, "must be an array or 'init'");
  if (!Array.isArray(groups)) throw invalidType('options.groups', "an instance of Array or 'init'", groups);
  return Array.from(groups, readGroup);
}

function readGroup(group: unknown, index: number): number {
  const name = `options.groups[${index}]`;
  if (typeof group === 'string') return groupId(name, group);
  if (typeof group !== 'number') throw invalidType(name, 'of type number or string', group);
  if (!Number.isInteger(group) || group < 0 || group >= NO_ID) {
    throw outOfRange(name, `an integer >= 0 && < ${NO_ID}`, group);
  }
  return group;
}

/** Of the user that the child will be, or of whom this process is. */
function groupsOfUser(uid: unknown, gid: unknown): number[] {
  const id = (isId(uid) ? uid : process.geteuid?.()) ?? 0;
  const user = native().lookupUid(id >>> 0);
  if (user === undefined) throw invalidValue('options.groups', 'init', `needs a user, and ${id} is none`);
  return native().groupsOf(user.name, isId(gid) ? gid >>> 0 : user.gid);
}

function isId(id: unknown): id is number {
  return typeof id === 'number';
}
