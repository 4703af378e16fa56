// Starts a child, whatever Node this is run by, with the package in the folder that is named.
const assert = require('node:assert/strict');
const { capabilities, safeSpawn } = require(process.argv[2]);

const child = safeSpawn('sh', ['-c', 'ulimit -n; exit 3'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  rlimits: { nofile: 64 },
});
child.stdout
  .setEncoding('utf8')
  .toArray()
  .then(([printed]) => assert.equal(printed, '64\n'));
child.on('exit', (code) => {
  assert.equal(code, 3);
  console.log(`Node ${process.version} on ${process.arch}: clone mode ${capabilities().cloneMode}`);
});
