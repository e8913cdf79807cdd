# Runs inside a NAT network's namespace. It carries frames between the namespace's tap and the switch, and TCP forwards:
# the fabric accepts connections on this computer's side and hands them over (descriptor 3, Node's way to pass sockets);
# from here they go on to a machine through the kernel's own TCP.
#   inside.py TAP SOCKET
import collections
import errno
import fcntl
import json
import os
import resource
import selectors
import socket
import struct
import sys

CHUNK = 256 * 1024
TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
# Before every frame its length; a longer one than QEMU takes means that the stream is out of step.
LENGTH = struct.Struct('>I')
LONGEST = 4096 + 65536
# What goes to the switch in one piece, and room for one more frame.
BATCH = 128 * 1024
DESCRIPTOR = struct.Struct('i')
ABORT = struct.pack('ii', 1, 0)

BOTH = selectors.EVENT_READ | selectors.EVENT_WRITE

selector = selectors.DefaultSelector()


class End:
    """One side of a connection, with what waits to be written to it."""

    def __init__(self, sock):
        self.sock = sock
        self.other = None
        self.waiting = memoryview(b'')
        self.is_connected = True
        self.has_ended = False  # nothing more comes from it
        self.is_closing = False  # nothing more goes to it, once `waiting` is gone
        self.has_closed = False  # its peer was told so
        self.watched = 0
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def watch(self):
        events = 0
        if not self.is_connected or self.waiting:
            events |= selectors.EVENT_WRITE
        can_take = self.other.is_connected and not self.other.waiting
        if self.is_connected and can_take and not self.has_ended:
            events |= selectors.EVENT_READ
        self.watch_for(events)

    def watch_for(self, events):
        if events == self.watched:
            return
        if not self.watched:
            selector.register(self.sock, events, self.handle)
        elif events:
            selector.modify(self.sock, events, self.handle)
        else:
            selector.unregister(self.sock)
        self.watched = events

    def flush(self):
        if self.waiting:
            try:
                self.waiting = self.waiting[self.sock.send(self.waiting):]
            except BlockingIOError:
                pass
        if self.is_closing and not self.waiting and not self.has_closed:
            self.has_closed = True
            self.sock.shutdown(socket.SHUT_WR)

    def read(self):
        try:
            data = self.sock.recv(CHUNK)
        except BlockingIOError:
            return
        if data:
            self.other.waiting = memoryview(data)
        else:
            self.has_ended = self.other.is_closing = True
        self.other.flush()

    def connected(self):
        error = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            raise OSError(error, 'connect')
        self.is_connected = True
        self.flush()

    def is_over(self):
        return self.has_ended and self.has_closed

    def handle(self, events):
        try:
            if events & selectors.EVENT_WRITE:
                if self.is_connected:
                    self.flush()
                else:
                    self.connected()
            if events & selectors.EVENT_READ:
                self.read()
            if self.is_over() and self.other.is_over():
                close(self, False)
                return
            self.watch()
            self.other.watch()
        except OSError:
            close(self, True)


def close(end, is_broken):
    for one in (end, end.other):
        one.watch_for(0)
        if is_broken:  # The peer learns that it is no ordinary end.
            one.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
        one.sock.close()


def lead(accepted, address, port):
    try:
        near = End(accepted)
        far = End(socket.socket())
    except OSError:
        accepted.close()
        return
    near.other, far.other = far, near
    try:
        # Not by pace, as a model of a far network would have it: the machine is here, and nothing between drops.
        far.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b'cubic')
    except OSError:
        pass  # This computer's own choice stays.
    error = far.sock.connect_ex((address, port))
    far.is_connected = error == 0
    if error not in (0, errno.EINPROGRESS):
        close(near, True)
        return
    near.watch()
    far.watch()


class Channel:
    """Where connections come from: one JSON line each, with the descriptor beside it."""

    def __init__(self):
        self.sock = socket.socket(fileno=3)
        self.sock.setblocking(False)
        self.text = b''
        self.accepted = collections.deque()
        selector.register(self.sock, selectors.EVENT_READ, self.read)

    def read(self, _events):
        try:
            data, notes, _, _ = self.sock.recvmsg(65536, socket.CMSG_SPACE(16 * DESCRIPTOR.size))
        except BlockingIOError:
            return
        if not data:
            raise SystemExit(0)
        for level, kind, passed in notes:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                whole = passed[: len(passed) // DESCRIPTOR.size * DESCRIPTOR.size]
                descriptors = (number for number, in DESCRIPTOR.iter_unpack(whole))
                self.accepted.extend(socket.socket(fileno=number) for number in descriptors)
        *lines, self.text = (self.text + data).split(b'\n')
        for line in lines:
            message = json.loads(line)
            if message.get('cmd') != 'NODE_HANDLE':
                continue
            # None came where none was free.
            taken = self.accepted.popleft() if self.accepted else None
            self.sock.send(b'{"cmd":"NODE_HANDLE_ACK"}\n')
            if taken is not None:
                lead(taken, message['msg']['address'], message['msg']['port'])


class Cable:
    """Frames between the tap and the switch, which is the only visitor at the socket; a new one replaces the old."""

    def __init__(self, interface, path):
        self.tap = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
        request = struct.pack('16sH22x', interface.encode(), IFF_TAP | IFF_NO_PI)
        fcntl.ioctl(self.tap, TUNSETIFF, request)
        self.switch = None
        self.out = memoryview(bytearray(BATCH + LENGTH.size + LONGEST))
        self.waiting = self.out[:0]
        self.back = memoryview(bytearray(CHUNK))
        self.have = 0  # bytes of a frame that has not come whole
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(4)
        self.listener.setblocking(False)
        selector.register(self.listener, selectors.EVENT_READ, self.visited)
        selector.register(self.tap, selectors.EVENT_READ, self.from_tap)

    def visited(self, _events):
        try:
            visitor, _ = self.listener.accept()
        except OSError:
            return
        self.unplug()
        visitor.setblocking(False)
        self.switch = visitor
        selector.register(visitor, selectors.EVENT_READ, self.from_switch)

    def unplug(self):
        if self.switch is None:
            return
        selector.unregister(self.switch)
        self.switch.close()
        self.switch = None
        self.have = 0
        if self.waiting:
            self.waiting = self.out[:0]
            selector.register(self.tap, selectors.EVENT_READ, self.from_tap)

    def from_tap(self, _events):
        out, at = self.out, 0
        try:
            while at < BATCH:
                length = os.readv(self.tap, [out[at + LENGTH.size :]])
                LENGTH.pack_into(out, at, length)
                at += LENGTH.size + length
        except BlockingIOError:
            pass
        # With nobody there they are lost, as on a cable that is out.
        if at > 0 and self.switch is not None:
            self.send(out[:at])

    def send(self, frames):
        try:
            self.waiting = frames[self.switch.send(frames) :]
        except BlockingIOError:
            self.waiting = frames
        except OSError:
            self.unplug()
            return
        if self.waiting:
            # The kernel's queue takes what comes meanwhile, and drops when it is full.
            selector.unregister(self.tap)
            selector.modify(self.switch, BOTH, self.from_switch)

    def send_waiting(self):
        try:
            self.waiting = self.waiting[self.switch.send(self.waiting) :]
        except BlockingIOError:
            return
        if not self.waiting:
            selector.register(self.tap, selectors.EVENT_READ, self.from_tap)
            selector.modify(self.switch, selectors.EVENT_READ, self.from_switch)

    def from_switch(self, events):
        try:
            if events & selectors.EVENT_WRITE and self.waiting:
                self.send_waiting()
            if events & selectors.EVENT_READ and not self.take():
                self.unplug()
        except BlockingIOError:
            pass
        except OSError:
            self.unplug()

    def take(self):
        """False: the switch left, or is out of step. Raises what reading raises."""
        got = self.switch.recv_into(self.back[self.have :])
        back, at, have = self.back, 0, self.have + got
        while have - at >= LENGTH.size:
            (length,) = LENGTH.unpack_from(back, at)
            if length > LONGEST:
                return False
            begin, end = at + LENGTH.size, at + LENGTH.size + length
            if end > have:
                break
            try:
                os.write(self.tap, back[begin:end])
            except OSError:
                pass  # It is no frame to the kernel.
            at = end
        if 0 < at < have:
            back[: have - at] = bytes(back[at:have])
        self.have = have - at
        return got > 0


def main():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    Channel()
    Cable(*sys.argv[1:])
    while True:
        for key, events in selector.select():
            # What came before it in the same round may have ended it.
            if selector.get_map().get(key.fd) is key:
                key.data(events)


main()
