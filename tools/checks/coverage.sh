#!/bin/bash
# How much of lib/ the tests run, in what is published: `npm run check:coverage`. Source maps lead from dist/ to lib/, and are
# gone afterwards.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

trap 'rm -f dist/*.map dist/*/*.map && npm run build:ts' EXIT
node_modules/.bin/tsc -p tsconfig.json --sourceMap
npm run build:bundles -- --sourcemap
tools/checks/node_modules/.bin/c8 --include 'lib/**' --include 'dist/**/*.js' --reporter text \
  --check-coverage --lines 95 npm run test:js
