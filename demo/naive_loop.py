"""A supervisor as many are written: forks, closes what it expects to be open, and executes its one service.

usage: naive_loop.py SERVICE FOLDER
"""

import os
import sys

MINFDS = 1024  # the default of supervisord
LOG_READ = 1066
LOG_WRITE = 1067


def start(script, folder):
    if os.fork() > 0:
        return
    os.dup2(LOG_WRITE, 1)
    for fd in range(3, MINFDS):
        try:
            os.close(fd)
        except OSError:
            pass
    os.execvp("sh", ["sh", script, folder])


def read_log(folder):
    count = len(os.read(LOG_READ, 65536))
    with open(os.path.join(folder, "read"), "w") as note:
        note.write(f"{count}\n")
    while os.read(LOG_READ, 65536):
        pass


start(*sys.argv[1:])
read_log(sys.argv[2])
