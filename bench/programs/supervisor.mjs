/** supervisor.mjs MODULE FUNCTION COUNT PROGRAM ARGUMENT...: says `spawned`, and starts the program COUNT times. */

const [moduleName, functionName, count, program, ...args] = process.argv.slice(2);
const { [functionName]: spawn } = await import(moduleName);

console.log('spawned');
for (let i = 0; i < Number(count); i++) spawn(program, args);
