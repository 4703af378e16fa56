"""loop-launch.py BOUND, and what launch_times.py says

Times fork, a loop of close() calls up to the bound, exec and the end of the program, as supervisord does it: one
method call and one try block for each number.
"""

import os
import sys

from launch_times import print_launch_times

BOUND = int(sys.argv[1])


class Options:
    def close_fd(self, fd):
        try:
            os.close(fd)
        except OSError:
            return False
        return True


def be_the_child(options, program):
    try:
        for fd in range(3, BOUND):
            options.close_fd(fd)
        os.execv(program, [program])
    finally:
        os._exit(127)


def start(program):
    pid = os.fork()
    if pid == 0:
        be_the_child(Options(), program)
    return pid


def wait(pid):
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


print_launch_times(start, wait)
