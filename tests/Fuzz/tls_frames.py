#!/usr/bin/env python3
"""Sends random frames over TLS to a running tracker or host, and then checks that it still answers.

usage: tls_frames.py PORT [FRAMES] [SEED]

Most frames have a valid header and no body, so that a connection lives long enough to reach deep states; some have a random or a broken
body, and some are random bytes. The other end may close a connection whenever it likes, but it must answer a PING at the end.
"""
import random
import socket
import ssl
import struct
import sys
import time

PORT = int(sys.argv[1])
FRAMES = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else int(time.time())
PING, PONG, QUIT = 8, 9, 5


def connect():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["tsp/1"])
    link = context.wrap_socket(socket.create_connection(("127.0.0.1", PORT), 60))
    link.settimeout(0)
    return link


def frame(dice):
    kind = dice.random()
    operation = dice.choice([0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 22, dice.randrange(128)])
    song = dice.choice([0, 1, dice.getrandbits(31)])
    if operation == QUIT or kind < 0.001:
        return dice.randbytes(dice.randrange(1, 60))
    if kind < 0.97:
        return struct.pack(">Bi", operation, song)
    body = dice.randbytes(dice.choice([0, 1, 2, 16, 300]))
    return struct.pack(">BiI", operation | 0x80, song, len(body)) + body


def drain(link):
    """Reads and drops what has arrived. Returns False when the other end has closed."""
    try:
        while link.recv(65536):
            pass
        return False
    except (ssl.SSLWantReadError, BlockingIOError):
        return True
    except OSError:
        return False


def send(link, data):
    while data:
        try:
            data = data[link.send(data):]
        except (ssl.SSLWantWriteError, ssl.SSLWantReadError, BlockingIOError):
            if not drain(link):
                return False
            time.sleep(0.001)
        except OSError:
            return False
    return drain(link)


def main():
    dice = random.Random(SEED)
    sent, connections, link = 0, 0, None
    begun = time.time()
    while sent < FRAMES:
        if link is None:
            link = connect()
            connections += 1
        batch = [frame(dice) for _ in range(20)]
        sent += len(batch)
        if not send(link, b"".join(batch)):
            link.close()
            link = None
    if link is not None:
        link.close()
    check = connect()
    check.settimeout(60)
    check.sendall(struct.pack(">Bi", PING, 7))
    answer = b""
    while len(answer) < 5:
        piece = check.recv(5 - len(answer))
        if not piece:
            sys.exit(f"seed {SEED}: the other end does not answer after {sent} frames")
        answer += piece
    if answer != struct.pack(">Bi", PONG, 7):
        sys.exit(f"seed {SEED}: {answer.hex()} is not a PONG")
    print(f"seed {SEED}: {sent} frames over {connections} TLS connections in {time.time() - begun:.0f} s, and a PING is answered")


main()
