#!/bin/bash
# Calls the functions of an addon that is built with sanitizers: `npm run check:addon`. What they find ends the process.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../test"

npm exec --no -- node-gyp configure build --silent -C fixtures/sanitized >/dev/null
# The runtime must be there before Node's own memory is. V8 never frees all of it.
export ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=0 UBSAN_OPTIONS=print_stacktrace=1
LD_PRELOAD="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so)" \
  node conformance/fuzz/addon.mjs "$PWD/fixtures/sanitized/build/Release/safe_spawn.node" "${1:-1}" "${2:-3000}"
