#!/bin/sh
# A service as people write them: it logs to stdout for ever. Notes its pid, and how it ended.
# usage: service.sh FOLDER
yes 'all is well' &
echo $! >"$1/pid"
wait $!
echo $? >"$1/status"
