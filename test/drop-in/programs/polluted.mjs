/** Puts something on the prototype of all objects, and prints what becomes of a child and of a wrong argument. */
import { once } from 'node:events';
import { spawnFunction } from '../../helpers/contenders.mjs';

const [, , arm, input] = process.argv;
const { name } = JSON.parse(input);
const spawn = await spawnFunction(arm);

async function play() {
  const child = spawn('echo', ['text'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [chunks, exit] = await Promise.all([child.stdout.toArray(), once(child, 'exit')]);
  return { output: String(chunks), exit };
}

function playWrong() {
  try {
    spawn('echo', ['text'], { stdio: 'nonsense' });
  } catch (error) {
    return { code: error.code, text: `${error}` };
  }
}

Object.prototype[name] = 5;
const results = { right: await play(), wrong: playWrong() };
delete Object.prototype[name];
console.log(JSON.stringify(results));
