import { permissionFlags } from './node-internals.js';

type Environment = Readonly<Record<string, unknown>>;

/**
 * `NAME=value` of everything enumerable in the environment of a child, inherited properties included. What Node hands
 * down whatever is asked for is added: Node writes it into the caller's own object, we don't.
 */
export function environmentPairs(given: object | undefined, args: readonly unknown[]): string[] {
  const environment: Environment = (given as Environment | undefined) ?? { ...process.env };
  const handedDown = handDown(environment, args);
  const pairs: string[] = [];
  for (const name in environment) {
    const value = handedDown[name] ?? environment[name];
    if (value !== undefined) pairs.push(`${name}=${value}`);
  }
  for (const name of Object.keys(handedDown)) {
    if (!(name in environment)) pairs.push(`${name}=${handedDown[name]}`);
  }
  return pairs;
}

function handDown(environment: Environment, args: readonly unknown[]): Record<string, string> {
  const handedDown: Record<string, string> = {};
  const { NODE_V8_COVERAGE: coverage } = process.env;
  if (coverage && !Object.hasOwn(environment, 'NODE_V8_COVERAGE')) handedDown['NODE_V8_COVERAGE'] = coverage;
  const flags = permissionFlags();
  const options = environment['NODE_OPTIONS'];
  if (flags !== undefined && !namesPermissions(args, options)) {
    handedDown['NODE_OPTIONS'] = (options ? [options, ...flags] : flags).join(' ');
  }
  return handedDown;
}

/** Who says what the child is permitted has the last word. */
function namesPermissions(args: readonly unknown[], nodeOptions: unknown): boolean {
  return (
    args.includes('--permission') ||
    args.includes('--permission-audit') ||
    /(^|\s)--permission(-audit)?(=|\s|$)/.test(String(nodeOptions ?? ''))
  );
}
