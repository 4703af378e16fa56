// usage: main.js FILE.json
import { serve } from './control.ts';
import { printable } from './printable.ts';
import { Supervisor } from './supervisor.ts';

// Programs run on when nobody reads what is said about them, or the disk is full.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

try {
  await main();
} catch (error) {
  console.error(printable(`supervisor: ${(error as Error).message}`));
  process.exitCode = 2;
}

/** The socket comes first: if another supervisor has it, no program is started twice. */
async function main(): Promise<void> {
  const supervisor = new Supervisor(process.argv[2] ?? 'supervisor.json');
  const server = await serve(supervisor, shutDown);
  process.on('SIGTERM', shutDown);
  process.on('SIGINT', shutDown);
  process.on('SIGHUP', () => {
    supervisor.reload().catch((error: Error) => console.error(printable(`reload: ${error.message}`)));
  });
  await supervisor.reload();
  console.log('ready');

  async function shutDown(): Promise<void> {
    await supervisor.stop();
    server.close();
  }
}
