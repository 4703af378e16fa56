// Compares the public surface of the entry points with the reports in etc/: `npm run test:types`. `npm run api` writes the
// reports, so that a change of the surface is seen in review.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

// The extractor can't follow `export type * from 'node:child_process'`. That entry has the functions of `index` under
// Node's names, and test/project/types holds their types.
const ENTRIES = ['index', 'register', 'inspect/index'];

const projectFolder = fileURLToPath(new URL('../..', import.meta.url));
const configObject = JSON.parse(readFileSync(new URL('api-extractor.json', import.meta.url), 'utf8'));

process.exitCode = ENTRIES.map(isAsReported).includes(false) ? 1 : 0;

function isAsReported(entry) {
  const mainEntryPointFilePath = join(projectFolder, 'dist', `${entry}.d.ts`);
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(projectFolder, 'package.json'),
    configObject: {
      ...configObject,
      projectFolder,
      mainEntryPointFilePath,
      apiReport: { ...configObject.apiReport, reportFileName: entry.split('/')[0] },
    },
  });
  return Extractor.invoke(config, { localBuild: !process.argv.includes('--check') }).succeeded;
}
