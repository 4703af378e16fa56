#!/bin/sh
# A service as people write them: it logs to stdout for ever. Notes its pid.
# usage: service.sh FOLDER
echo $$ >"$1/pid"
exec yes 'all is well'
