/** Tells what it was started with, and answers what it is asked. */
const message = {
  arguments: process.argv.slice(2),
  execArgv: process.execArgv,
  environment: process.env.FORKED,
  directory: process.cwd(),
  descriptors: [0, 1, 2].map((fd) => fd),
};

process.send(message);
process.on('message', (question, handle) => {
  if (question === 'end') process.disconnect();
  else if (question === 'write') process.stdout.write('text', () => process.send('written'));
  else answer(question, handle);
});

function answer(question, handle) {
  process.send({ question, handle: handle?.constructor.name });
  handle?.close?.();
}
