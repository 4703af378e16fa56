/** Changes what it has got, and prints the environments of children: with a channel, and in a shell. */
import { once } from 'node:events';
import { spawnFunction } from '../../helpers/contenders.mjs';

const spawn = await spawnFunction(process.argv[2]);
process.env.MODE = 'safe';

async function outputOf(command, args, stdio) {
  const child = spawn(command, args, { stdio });
  const [chunks] = await Promise.all([child.stdout.toArray(), once(child, 'exit')]);
  return Buffer.concat(chunks).toString('latin1').split('\0');
}

const plain = await outputOf('env', ['-0'], ['ignore', 'pipe', 'inherit']);
const withChannel = await outputOf('env', ['-0'], ['ignore', 'pipe', 'inherit', 'ipc']);
const shell = await outputOf('sh', ['-c', 'printf "$MODE $TWICE"'], ['ignore', 'pipe', 'inherit']);
console.log(JSON.stringify({ plain, withChannel, shell }));
