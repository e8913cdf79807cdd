# Runs inside a NAT network's namespace. The fabric accepts connections on this computer's side and hands them over
# (descriptor 3, Node's way to pass sockets); from here they go on to a machine through the kernel's own TCP.
import collections
import json
import resource
import selectors
import socket
import struct

CHUNK = 256 * 1024
DESCRIPTOR = struct.Struct('i')
ABORT = struct.pack('ii', 1, 0)
CONNECTING = 115  # EINPROGRESS

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
            selector.register(self.sock, events, self)
        elif events:
            selector.modify(self.sock, events, self)
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


def close(end, is_broken):
    for one in (end, end.other):
        one.watch_for(0)
        if is_broken:  # The peer learns that it is no ordinary end.
            one.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
        one.sock.close()


def handle(end, events):
    try:
        if events & selectors.EVENT_WRITE:
            if end.is_connected:
                end.flush()
            else:
                end.connected()
        if events & selectors.EVENT_READ:
            end.read()
        if end.is_over() and end.other.is_over():
            close(end, False)
            return
        end.watch()
        end.other.watch()
    except OSError:
        close(end, True)


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
    if error not in (0, CONNECTING):
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

    def read(self):
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


def main():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    channel = Channel()
    selector.register(channel.sock, selectors.EVENT_READ)
    while True:
        for key, events in selector.select():
            if key.data is None:
                channel.read()
            elif key.data.watched & events:
                handle(key.data, events)


main()
