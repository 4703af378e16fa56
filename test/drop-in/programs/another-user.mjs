/** Prints the errors of children that may not become who they are asked to be, or go where they are asked to go. */
import { once } from 'node:events';
import { spawnFunction } from '../../helpers/contenders.mjs';
import { describeError } from '../harness.mjs';

const [, , arm, input] = process.argv;
const { forbidden } = JSON.parse(input);
const spawn = await spawnFunction(arm);

async function outcome(options) {
  try {
    const child = spawn('true', [], options);
    const [error] = await once(child, 'error').catch((failure) => [failure]);
    return { emitted: describeError(error) };
  } catch (error) {
    return { thrown: describeError(error) };
  }
}

const outcomes = [];
for (const options of [
  { uid: 0 },
  { gid: 0 },
  { uid: 0, gid: 0 },
  { cwd: forbidden },
  { cwd: `${forbidden}/in` },
]) {
  outcomes.push(await outcome(options));
}
console.log(JSON.stringify(outcomes));
