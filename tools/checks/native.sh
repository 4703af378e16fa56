#!/bin/bash
# Looks over the sources in C and C++: `npm run check:native`. clang-tidy takes its checks from .clang-tidy; the analyser
# of gcc knows C only. Node's headers come from where npm is told to (nodedir), or from /usr.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

shopt -s nullglob
core=(src-native/core/*.c src-native/core/*/*.c src-native/core/*/*/*.c)
headers=${npm_config_nodedir:-/usr}/include/node
napi=$(node -p 'require("node-addon-api").include_dir')

for file in "${core[@]}"; do
  gcc -fanalyzer -Wall -Wextra -Werror -std=gnu17 -O2 -D_GNU_SOURCE -c -o /dev/null "$file"
done
clang-tidy --quiet "${core[@]}" -- -std=gnu17 -D_GNU_SOURCE
clang-tidy --quiet src-native/*.cc src-native/*/*.cc -- -std=c++17 -D_GNU_SOURCE -fno-exceptions -DNAPI_VERSION=8 \
  -DNODE_ADDON_API_DISABLE_CPP_EXCEPTIONS -DNODE_ADDON_API_DISABLE_DEPRECATED -DSAFE_SPAWN_VERSION=\"\" \
  -isystem "$headers" -isystem "$napi"
