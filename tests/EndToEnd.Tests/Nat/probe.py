#!/usr/bin/env python3
"""Small network programs for the tests of the test network itself.

usage: probe.py serve PORT              prints "listening"; sends each client the address and port that it connects from
       probe.py ask HOST PORT [LOCAL]   connects (from port LOCAL) and prints what the server said, or "refused" or "timed out"
       probe.py hold HOST PORT LOCAL    connects from port LOCAL, prints what the server said, then serves on LOCAL
       probe.py map GATEWAY PORT        maps a TCP port with NAT-PMP and prints the answer: result, internal and external port, lifetime
       probe.py send HOST PORT BYTES    sends bytes to a server and prints the seconds until the server has received them
       probe.py take PORT               prints "listening"; receives bytes until the connection ends, then answers
"""
import socket
import struct
import sys
import time


def listener(port):
    server = socket.socket(socket.AF_INET6)
    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    server.bind(("::", port))
    server.listen()
    print("listening", flush=True)
    return server


def serve(port):
    server = listener(port)
    while True:
        link, remote = server.accept()
        link.sendall(f"{remote[0].removeprefix('::ffff:')} {remote[1]}\n".encode())
        link.close()


def connect(host, port, local=0):
    link = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    link.settimeout(1)
    if local:
        link.bind(("", local))
    link.connect((host, port))
    return link


def ask(host, port, local=0):
    try:
        link = connect(host, port, local)
        print(link.recv(100).decode().strip(), flush=True)
        return link
    except ConnectionRefusedError:
        print("refused", flush=True)
    except (TimeoutError, socket.timeout):
        print("timed out", flush=True)
    except OSError as error:
        print(error, flush=True)


def map_port(gateway, port):
    link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    link.settimeout(5)
    link.sendto(struct.pack("!BBHHHI", 0, 2, 0, port, port, 7200), (gateway, 5351))
    _, _, result, _, internal, external, lifetime = struct.unpack("!BBHIHHI", link.recv(16))
    print(result, internal, external, lifetime)


def send(host, port, length):
    link = connect(host, port)
    link.settimeout(60)
    begin = time.monotonic()
    link.sendall(bytes(length))
    link.shutdown(socket.SHUT_WR)
    link.recv(1)
    print(time.monotonic() - begin)


def take(port):
    link, _ = listener(port).accept()
    while link.recv(65536):
        pass
    link.sendall(b"!")


command, arguments = sys.argv[1], sys.argv[2:]
numbers = [int(each) if each.isdigit() else each for each in arguments]
if command == "hold":
    ask(*numbers)
    serve(numbers[2])
else:
    {"serve": serve, "ask": ask, "map": map_port, "send": send, "take": take}[command](*numbers)
