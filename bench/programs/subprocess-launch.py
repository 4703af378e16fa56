"""subprocess-launch.py, and what launch_times.py says: times subprocess.Popen, which closes descriptors by default."""

import subprocess

from launch_times import print_launch_times


def start(program):
    null = subprocess.DEVNULL
    return subprocess.Popen([program], stdin=null, stdout=null, stderr=null, close_fds=True)


print_launch_times(start, subprocess.Popen.wait)
