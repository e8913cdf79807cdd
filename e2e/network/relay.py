# Stands for a machine's process in a test: carries frames between a NIC, behind which the machine is, and a tap, through
# the tap's descriptor as QEMU would. Started by root for the NIC's sake, it opens the tap as the ordinary user.
#   relay.py NIC TAP UID
import fcntl
import os
import select
import socket
import struct
import sys

SOL_PACKET, ADD_MEMBERSHIP, AUXDATA, IGNORE_OUTGOING = 263, 1, 8, 23
VLAN_VALID, VLAN_TPID_VALID = 0x10, 0x40
TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000

nic, tap, uid = sys.argv[1], sys.argv[2], int(sys.argv[3])
raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
raw.bind((nic, 0))
everything = struct.pack('iHH8s', socket.if_nametoindex(nic), 1, 0, b'')
raw.setsockopt(SOL_PACKET, ADD_MEMBERSHIP, everything)
raw.setsockopt(SOL_PACKET, AUXDATA, 1)
raw.setsockopt(SOL_PACKET, IGNORE_OUTGOING, 1)
os.setgroups([])
os.setresgid(uid, uid, uid)
os.setresuid(uid, uid, uid)
tun = os.open('/dev/net/tun', os.O_RDWR)
fcntl.ioctl(tun, TUNSETIFF, struct.pack('16sH22x', tap.encode(), IFF_TAP | IFF_NO_PI))
print('ready', flush=True)


def with_tag(frame, notes):
    """The kernel takes the 802.1Q tag out of the frame and tells it beside."""
    for _, _, data in notes:
        status, _, _, _, _, tci, tpid = struct.unpack('IIIHHHH', data[:20])
        if status & VLAN_VALID:
            kind = tpid if status & VLAN_TPID_VALID else 0x8100
            return frame[:12] + struct.pack('!HH', kind, tci) + frame[12:]
    return frame


while True:
    for ready in select.select([raw, tun], [], [])[0]:
        if ready is raw:
            frame, notes, _, _ = raw.recvmsg(65536, socket.CMSG_SPACE(20))
            os.write(tun, with_tag(frame, notes))
        else:
            raw.send(os.read(tun, 65536))
