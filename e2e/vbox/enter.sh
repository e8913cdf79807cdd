#!/bin/sh
# Runs a program inside a Debian root, in mount and process namespaces of its own: nothing stays mounted and no
# process stays behind when it ends. /dev is private too, so that tests may make and remove device nodes.
# Started by root.mjs through unshare(1):
#   enter.sh ROOT UID GID WORKING-FOLDER BIND... -- PROGRAM ARGUMENT...
# In a network namespace of its own (unshare --net) OWN_NETWORK=1 gives it a loopback, one more interface, and a bridge
# with two taps of the user's.
# Each BIND is a folder of the host that appears at the same path inside.
set -eu

root=$1 uid=$2 gid=$3 folder=$4
shift 4

# A mount of its own, so that it can become the root of this namespace below.
mount --bind "$root" "$root"

mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys" 2>/dev/null || mount --rbind /sys "$root/sys"

mount -t tmpfs -o mode=755,nosuid tmpfs "$root/dev"
mkdir "$root/dev/pts" "$root/dev/shm" "$root/dev/net"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"
ln -s fd/1 "$root/dev/stdout"
ln -s fd/2 "$root/dev/stderr"
node() { mknod -m "$1" "$root/dev/$2" c "$3" "$4"; }
node 666 null 1 3
node 666 zero 1 5
node 666 full 1 7
node 666 random 1 8
node 666 urandom 1 9
node 666 tty 5 0
# A node of our own with the host's rights: changing it changes nothing outside.
if [ -c /dev/kvm ]; then cp -a /dev/kvm "$root/dev/kvm"; fi
# As distributions have it: whoever opens it can make taps only where he has the rights to.
node 666 net/tun 10 200

mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/tmp"
# An X server that root did not start makes no folder for its socket.
mkdir -m 1777 "$root/tmp/.X11-unix"
while [ "$1" != "--" ]; do
  mkdir -p "$root$1"
  mount --rbind "$1" "$root$1"
  shift
done
shift

# Programs that look up who they are find a name. The file lies in our own /dev, the root's stays as it is.
if ! grep -q "^[^:]*:[^:]*:$uid:" "$root/etc/passwd"; then
  cp "$root/etc/passwd" "$root/dev/.passwd"
  echo "tester:x:$uid:$gid::/tmp:/bin/sh" >>"$root/dev/.passwd"
  mount --bind "$root/dev/.passwd" "$root/etc/passwd"
fi

cp /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
# tini reaps orphans and passes signals on; without it every daemon that ends would stay as a zombie.
init=/usr/bin/tini
# -p: it dies with unshare; what unshare arranged for that is lost when setpriv changes the user.
if [ -x "$root$init" ]; then set -- "$init" -g -p SIGKILL -- "$@"; fi
# Not chroot: in one, an ordinary user may make no user namespace, and Chromium's sandbox is made of them.
cd "$root"
pivot_root . .
umount -l .
if [ "${OWN_NETWORK:-}" = 1 ]; then
  ip link set lo up
  ip link add eth0 type veth peer name peer0
  ip address add 10.213.7.2/24 dev eth0
  ip link set eth0 up
  ip link set peer0 up
  ip route add default via 10.213.7.1
  # What an authorised user has: taps of their own in a bridge.
  if [ -c /dev/net/tun ] && ip link add br0 type bridge; then
    chmod 666 /dev/net/tun
    ip link set br0 up
    for tap in tap0 tap1; do
      ip tuntap add dev "$tap" mode tap user "$uid"
      ip link set "$tap" master br0
      ip link set "$tap" up
    done
  fi
fi
cd "$folder"
exec setpriv "--reuid=$uid" "--regid=$gid" --clear-groups -- "$@"
