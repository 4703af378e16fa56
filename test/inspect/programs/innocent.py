"""Does with descriptors what looks like a leak and is none, and starts a sleep. usage: innocent.py WHAT"""

import multiprocessing
import os
import select
import socket
import subprocess
import sys
import threading


def sleep(**options):
    return subprocess.Popen(["sleep", "1000"], **options)


def capture_stdout():
    """Returns the end from which its own stdout is read. Inheritable, as C programs have it."""
    read, write = os.pipe()
    os.dup2(write, 1)
    os.close(write)
    # Not into the sleep, which would hold both ends without a purpose.
    sleep(stdout=subprocess.DEVNULL)
    os.set_inheritable(read, True)
    return read


def capture():
    read = capture_stdout()
    threading.Thread(target=lambda: [None for _ in iter(lambda: os.read(read, 4096), b"")]).start()
    while True:
        os.write(1, b"line\n" * 1000)


def capture_idly():
    read = capture_stdout()
    threading.Thread(target=lambda: os.read(read, 4096)).start()
    threading.Event().wait()


def capture_by_poll():
    read = capture_stdout()
    poll = select.poll()
    poll.register(read, select.POLLIN)
    poll.poll()


def capture_by_epoll():
    read = capture_stdout()
    poll = select.epoll()
    poll.register(read, select.EPOLLIN)
    poll.poll()


def handed():
    """A listening socket that the child is told of."""
    listener = socket.socket()
    listener.listen()
    os.dup2(listener.fileno(), 64)
    sleep(close_fds=False, env={**os.environ, "SERVER_FD": "64"}).wait()


def forked():
    """Workers that run the same program share all of it."""
    listener = socket.socket()
    listener.listen()
    os.dup2(listener.fileno(), 64)
    read, write = os.pipe()
    os.dup2(write, 1)
    workers = [multiprocessing.get_context("fork").Process(target=threading.Event().wait) for _ in range(2)]
    for worker in workers:
        worker.start()
    sleep(stdout=subprocess.DEVNULL)
    while True:
        os.read(read, 4096)


globals()[sys.argv[1].replace("-", "_")]()
