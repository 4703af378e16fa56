#!/bin/busybox sh
# The first process of the machine. Runs /command with the highest limit that the kernel has, its stdout on the second
# serial line and its exit status on the third, and turns the machine off.
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /tmp
ln -s /proc/self/fd /dev/fd
ip link set lo up
stty -F /dev/ttyS1 raw
stty -F /dev/ttyS2 raw

echo 4000000 >/proc/sys/fs/file-max
ulimit -Hn 1048576
ulimit -Sn 1048576

export PATH=/bin HOME=/tmp NO_COLOR=1
cd /project
sh /command </dev/null >/dev/ttyS1 2>/dev/console
echo $? >/dev/ttyS2
poweroff -f
