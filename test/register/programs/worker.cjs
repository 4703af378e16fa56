const { execSync, spawnSync } = require('node:child_process');
const { parentPort, workerData } = require('node:worker_threads');

const { name, script } = workerData;
const run = { execSync, spawnSync: (text) => spawnSync('sh', ['-c', text]).stdout };
parentPort.postMessage(String(run[name](script)).trim());
