"""What native/sampler.c does, for Python: the last six arguments are
DESCRIPTORS MEGABYTES WITNESS TARGET SAMPLES MILLISECONDS, and {"leaks", "blocked", "ended"} is printed.
"""

import json
import os
import sys
import time

MEGABYTE = 2**20
WARM_UP = 10
REST = 0.1


def launch(start, wait, program):
    begin = time.monotonic_ns()
    child = start(program)
    blocked = time.monotonic_ns() - begin
    code = wait(child)
    ended = time.monotonic_ns() - begin
    return code, blocked, ended


def print_launch_times(start, wait):
    """`start` starts a program; `wait` takes what it returned and returns the exit code."""
    descriptors, megabytes, witness, target, samples, milliseconds = sys.argv[-6:]
    for _ in range(int(descriptors)):
        os.open("/dev/null", os.O_RDWR)
    held = [bytearray(b"\1") * MEGABYTE for _ in range(int(megabytes))]

    time.sleep(REST)
    leaks, _, _ = launch(start, wait, witness)
    duration = int(milliseconds) * 1_000_000
    end = time.monotonic_ns() + duration
    for _ in range(WARM_UP):
        if time.monotonic_ns() < end:
            launch(start, wait, target)
    end = time.monotonic_ns() + duration
    blocked, ended = [], []
    while not ended or (len(ended) < int(samples) and time.monotonic_ns() < end):
        code, until_return, until_end = launch(start, wait, target)
        if code != 0:
            sys.exit(f"{target} ended with {code}")
        blocked.append(until_return)
        ended.append(until_end)
    print(json.dumps({"leaks": leaks, "blocked": blocked, "ended": ended}))
    del held
