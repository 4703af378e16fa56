#!/bin/sh
# Reads the log pipe, and notes its pid and the first bytes.
# usage: reader.sh FOLDER
exec <"$1/log"
echo $$ >"$1/reader"
head -c 1000 >/dev/null && echo 1000 >"$1/read"
exec cat >/dev/null
