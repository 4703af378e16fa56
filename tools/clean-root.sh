#!/bin/bash
# Builds a clean clone in a root of Debian 12 that has a compiler, make, Python, Git, and this machine's Node:
# `tools/clean-root.sh FOLDER [COMMAND]`. Needs root, debootstrap and some minutes; an existing root is used again.
#
# With `nodedir` set for npm, the headers of Node are copied from there and nothing but packages is downloaded.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

root=$(realpath -m "$1")
command=${2:-'npm ci && npm run build && npm run build:test && node --test test/lifecycle/*.test.mjs'}
tools=ca-certificates,clang,g++,gcc,git,make,python3

main() {
  [[ -e $root/etc/debian_version ]] || debootstrap --variant=minbase --include="$tools" bookworm "$root"
  copy_node
  rm -rf "$root/project"
  git clone --quiet . "$root/project"
  # /proc and the rest are gone with the namespace.
  export root command
  unshare --mount bash -euc '
    mount --rbind /proc "$root/proc"
    mount --rbind /dev "$root/dev"
    exec chroot "$root" env -i HOME=/root LANG=C.UTF-8 PATH=/usr/local/bin:/usr/bin:/bin "$@" \
      bash -euc "cd /project && $command"
  ' - "${settings[@]}"
}

copy_node() {
  local headers authorities npm
  npm=$(realpath "$(type -P npm)")
  authorities=$(npm config get cafile)
  headers=$(npm config get nodedir)
  settings=("npm_config_registry=$(npm config get registry)")
  cp /etc/resolv.conf "$root/etc/"
  if [[ -r $authorities ]]; then
    cp "$authorities" "$root/etc/npm-authorities.crt"
    settings+=('npm_config_cafile=/etc/npm-authorities.crt')
  fi
  install -D "$(node -p process.execPath)" "$root/usr/local/bin/node"
  mkdir -p "$root/usr/local/lib/node_modules"
  cp -rT "${npm%/bin/npm-cli.js}" "$root/usr/local/lib/node_modules/npm"
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  [[ -d $headers/include/node ]] || return 0
  mkdir -p "$root/usr/local/include"
  cp -rT "$headers/include/node" "$root/usr/local/include/node"
  settings+=('npm_config_nodedir=/usr/local')
}

main
