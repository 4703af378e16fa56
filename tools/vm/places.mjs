import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const project = fileURLToPath(new URL('../..', import.meta.url));

/** Everything that is made here; git ignores it. */
export const buildDirectory = join(project, 'build', 'vm');
