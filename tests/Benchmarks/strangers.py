#!/usr/bin/env python3
"""Opens many hostile connections to a tracker or host on this machine and prints how much memory they cost it.

    strangers.py PID PORT [CONNECTIONS [REGISTERED]]

The figures in docs/security.md are from 5000, and from 3000 2000.

The connections come from addresses in 127.0.0.0/8, 250 from each address. Half of them send a PING and then nothing more; the others send
all but the last byte of a PING and a LIST of 16 KiB. REGISTERED further connections register (a host merely welcomes them) and send all but
the last byte of a SHARE of 1 MiB. Memory is the resident set of the process, before the connections are opened and for 15 s afterwards.
"""
import collections
import resource
import selectors
import socket
import struct
import sys
import time

PER_ADDRESS = 250
PING = b"\x08\0\0\0\1"


def frame(operation, body):
    return struct.pack(">BiI", operation | 0x80, 0, len(body)) + body


def field(number, data):
    return bytes([number << 3 | 2, len(data)]) + data


def hello(n):
    inner = b"\x08\x01" + field(2, struct.pack(">QQ", 7, n)) + field(3, b"stranger")
    return frame(0, field(1, inner))


LIST = memoryview(PING + frame(1, bytes(16 * 1024)))[:-1]
SHARE = memoryview(frame(12, bytes(1024 * 1024)))[:-1]


def opening(n, strangers):
    if n < strangers:
        return [PING if n % 2 == 0 else LIST]
    return [hello(n), SHARE]


def resident(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1000


def main():
    pid, port = int(sys.argv[1]), int(sys.argv[2])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 5000
    strangers = count
    count += int(sys.argv[4]) if len(sys.argv) > 4 else 0
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    before = peak = resident(pid)
    selector = selectors.DefaultSelector()
    pending, last_words = {}, {}
    for n in range(count):
        remote = socket.socket()
        address = n // PER_ADDRESS
        remote.bind((f"127.{1 + address // 250}.{address % 250}.1", 0))
        remote.connect(("127.0.0.1", port))
        remote.setblocking(False)
        pending[remote] = opening(n, strangers)
        selector.register(remote, selectors.EVENT_READ | selectors.EVENT_WRITE)
    closed = collections.Counter()
    end = time.monotonic() + 15
    while time.monotonic() < end:
        for key, events in selector.select(0.2):
            remote = key.fileobj
            try:
                if events & selectors.EVENT_WRITE:
                    rest = pending[remote]
                    rest[0] = rest[0][remote.send(rest[0]):]
                    if not rest[0]:
                        rest.pop(0)
                    if not rest:
                        selector.modify(remote, selectors.EVENT_READ)
                if events & selectors.EVENT_READ:
                    heard = remote.recv(65536)
                    last_words.update({remote: heard[-60:]} if heard else {})
                    if not heard:
                        raise ConnectionResetError
            except BlockingIOError:
                continue
            except OSError as error:
                closed[last_words.get(remote, repr(error).encode()).decode("ascii", "replace")] += 1
                selector.unregister(remote)
                remote.close()
        peak = max(peak, resident(pid))
    after = resident(pid)
    for words, times in closed.most_common(5):
        print(f"{times} x {words!r}")
    print(f"{count} connections, {closed.total()} closed by the other side: "
          f"{before:.0f} MB before, {peak:.0f} MB at most, {after:.0f} MB after 15 s: {peak - before:.0f} MB more")


if __name__ == "__main__":
    main()
