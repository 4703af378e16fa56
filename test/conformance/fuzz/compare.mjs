import { inspect } from 'node:util';

/** How often both are played again where the outcomes differ: what depends on chance differs among those of Node, too. */
const MOST_ROUNDS = 6;

/**
 * Plays a case with both modules until they have an outcome in common. Returns undefined then, and otherwise an outcome of
 * each.
 *
 * @param playNode plays the case once, and resolves to the outcome
 * @param playOurs does the same with the other module
 */
export async function findDifference(playNode, playOurs) {
  const outcomes = { node: [], ours: [] };
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    outcomes.node.push(await playNode());
    outcomes.ours.push(await playOurs());
    if (outcomes.node.some((node) => outcomes.ours.some((ours) => isSame(node, ours)))) return undefined;
  }
  const [node] = outcomes.node;
  const [ours] = outcomes.ours;
  return describeDifference(text(node), text(withNodesMessages(ours, node)));
}

function isSame(node, ours) {
  return text(node) === text(withNodesMessages(ours, node));
}

function text(outcome) {
  const options = { depth: Infinity, maxArrayLength: null, maxStringLength: null, breakLength: 100 };
  return inspect(outcome, options).replace(/\/proc\/\d+/g, '/proc/PID');
}

/** Messages of this library may say more, after all that Node's say. Returns a copy of `ours` with Node's in their place. */
function withNodesMessages(ours, node) {
  if (typeof ours !== 'object' || typeof node !== 'object' || ours === null || node === null) return ours;
  const copy = Array.isArray(ours)
    ? ours.map((item, index) => withNodesMessages(item, node[index]))
    : Object.fromEntries(
        Object.entries(ours).map(([key, item]) => [key, withNodesMessages(item, node[key])]),
      );
  const { text, heading, message } = node;
  const isLonger =
    typeof message === 'string' && String(ours.message).startsWith(message) && 'heading' in ours;
  return isLonger ? { ...copy, text, heading, message } : copy;
}

const CONTEXT = 3;
const MOST_LINES = 12;

/** The lines from shortly before the first that differs. */
function describeDifference(node, ours) {
  const lines = { node: node.split('\n'), ours: ours.split('\n') };
  const first = lines.node.findIndex((line, index) => line !== lines.ours[index]);
  const start = Math.max(0, (first < 0 ? lines.node.length : first) - CONTEXT);
  const excerpt = (all) =>
    all
      .slice(start, start + MOST_LINES)
      .map((line) => line.slice(0, 300))
      .join('\n');
  return { node: excerpt(lines.node), ours: excerpt(lines.ours) };
}
