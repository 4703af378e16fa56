"""supervisord-loop.py BOUND WITNESS TARGET SAMPLES MILLISECONDS

Times fork, a loop of close() calls up to the bound, exec and the end of the program, as a supervisor in Python does
it: one method call and one try block for each number. Prints what bench/native/sampler.c prints.
"""

import json
import os
import sys
import time


class Options:
    def close_fd(self, fd):
        try:
            os.close(fd)
        except OSError:
            return False
        return True


def be_the_child(options, bound, program):
    try:
        for fd in range(3, bound):
            options.close_fd(fd)
        os.execv(program, [program])
    finally:
        os._exit(127)


def start(options, bound, program):
    pid = os.fork()
    if pid == 0:
        be_the_child(options, bound, program)
    _, status = os.waitpid(pid, 0)
    if not os.WIFEXITED(status):
        sys.exit(f"{program} was killed")
    return os.WEXITSTATUS(status)


def timed_start(options, bound, target):
    begin = time.monotonic_ns()
    status = start(options, bound, target)
    taken = time.monotonic_ns() - begin
    if status != 0:
        sys.exit(f"{target} ended with {status}")
    return taken


def sample(bound, witness, target, samples, milliseconds):
    options = Options()
    leaks = start(options, bound, witness)
    times = []
    end = time.monotonic_ns() + milliseconds * 1_000_000
    while not times or (len(times) < samples and time.monotonic_ns() < end):
        times.append(timed_start(options, bound, target))
    return {"leaks": leaks, "nanoseconds": times}


if __name__ == "__main__":
    bound, witness, target, samples, milliseconds = sys.argv[1:]
    print(json.dumps(sample(int(bound), witness, target, int(samples), int(milliseconds))))
