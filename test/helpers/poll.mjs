import { setTimeout as delay } from 'node:timers/promises';

const INTERVAL = 5;
/** Long enough for a machine with other work to do; a condition that holds is seen at once. */
const DEADLINE = 30_000;

/** Resolves to the first truthy result of `condition`, and rejects once the deadline has passed. */
export async function eventually(what, condition) {
  const end = Date.now() + DEADLINE;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (Date.now() > end) throw new Error(`still waiting after ${DEADLINE} ms: ${what}`);
    await delay(INTERVAL);
  }
}
