// Two workers that share a listening socket, each with a child.
const { spawn } = require('node:child_process');
const cluster = require('node:cluster');
const { createServer } = require('node:net');

cluster.schedulingPolicy = cluster.SCHED_NONE;
if (cluster.isPrimary) {
  cluster.fork();
  cluster.fork();
} else {
  createServer().listen('socket', () => spawn('sleep', ['1000']));
}
