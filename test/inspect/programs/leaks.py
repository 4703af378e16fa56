"""A parent that leaks into its child, a sleep. usage: leaks.py WHAT [VARIABLE=VALUE], where FD is the number of what leaks."""

import fcntl
import os
import pty
import resource
import socket
import subprocess
import sys

HIGH = 64


def listen(family, address):
    listener = socket.socket(family)
    listener.bind(address)
    listener.listen()
    # LISTEN_FDS counts from 3 on.
    return 3 if told.startswith("LISTEN_FDS") else HIGH, listener


def tcp():
    return listen(socket.AF_INET, ("127.0.0.1", 0))


def unix():
    return listen(socket.AF_UNIX, os.path.join(os.getcwd(), "socket"))


def terminal():
    master, _ = pty.openpty()
    return HIGH, master


def stdin():
    read, write = os.pipe()
    os.dup2(read, 0)
    return HIGH, write


def files():
    locked = open("lock", "w")
    fcntl.flock(locked, fcntl.LOCK_EX)
    os.dup2(locked.fileno(), 70)
    deleted = open("deleted", "w")
    os.unlink(deleted.name)
    os.dup2(deleted.fileno(), 71)
    os.dup2(deleted.fileno(), 1500)
    return 1500, deleted


def zombie():
    read, write = os.pipe()
    if os.fork() == 0:
        os._exit(0)
    os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
    return HIGH, write


what = sys.argv[1]
told = sys.argv[2] if len(sys.argv) > 2 else ""

fd, opened = globals()[what]()
os.dup2(opened if isinstance(opened, int) else opened.fileno(), fd)
# A dup2 onto itself changes nothing.
os.set_inheritable(fd, True)
environment = dict(os.environ)
if told:
    name, value = told.split("=")
    environment[name] = value.replace("FD", str(fd))


def lower_limit():
    if what == "files":
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


subprocess.Popen(["sleep", "1000"], env=environment, close_fds=False, preexec_fn=lower_limit).wait()
