#!/usr/bin/env python3
"""An independent implementation of docs/protocol.md, section 2: finds an MP3's audio payload and its content hash.

usage: oracle.py describe FILE...     one JSON object per line: path, offset, length, hash
       oracle.py cut FILE OUTPUT      writes the payload to OUTPUT
It is slow and simple on purpose, and written from the document alone: it shares no code with the programs that it checks.
"""
import hashlib
import json
import sys

KILOBITS = {
    1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
}
RATES = {3: [44100, 48000, 32000], 2: [22050, 24000, 16000], 0: [11025, 12000, 8000]}


def header(data, at, end):
    """Returns the kind and length of the Layer III frame at a position, or None. All frames of a stream have the same kind."""
    if at + 4 > end or data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0:
        return None
    version, layer = data[at + 1] >> 3 & 3, data[at + 1] >> 1 & 3
    bitrate, rate, padding = data[at + 2] >> 4, data[at + 2] >> 2 & 3, data[at + 2] >> 1 & 1
    if version == 1 or layer != 1 or bitrate in (0, 15) or rate == 3:
        return None
    bits = 1000 * KILOBITS[1 if version == 3 else 2][bitrate]
    hertz = RATES[version][rate]
    return (version, hertz), (144 if version == 3 else 72) * bits // hertz + padding


def is_valid(data, at, end):
    """Returns whether a frame starts here that is followed by another of its kind, or by the end of the audio."""
    first = header(data, at, end)
    if first is None:
        return False
    after = at + first[1]
    if after == end:
        return True
    second = header(data, after, end)
    return second is not None and second[0] == first[0]


def syncsafe(data):
    return data[0] << 21 | data[1] << 14 | data[2] << 7 | data[3]


def after_leading_tags(data):
    at = 0
    while True:
        if data[at:at + 3] == b"ID3":
            at += 10 + syncsafe(data[at + 6:at + 10]) + (10 if data[at + 5] & 0x10 else 0)
        elif data[at:at + 8] == b"APETAGEX":
            at += 32 + int.from_bytes(data[at + 12:at + 16], "little")
        else:
            return at


def before_trailing_tags(data):
    end = len(data)
    while True:
        if data[end - 128:end - 125] == b"TAG":
            end -= 128
        elif data[end - 32:end - 24] == b"APETAGEX":
            flags = int.from_bytes(data[end - 12:end - 8], "little")
            end -= int.from_bytes(data[end - 20:end - 16], "little") + (32 if flags >> 31 else 0)
        elif data[end - 10:end - 7] == b"3DI":
            end -= 20 + syncsafe(data[end - 4:end])
        else:
            return end


def payload(data):
    """Returns the positions of the payload's first byte and of the byte after its last."""
    at, end = after_leading_tags(data), before_trailing_tags(data)
    start = last = None
    while at < end:
        if not is_valid(data, at, end):
            at = data.find(b"\xff", at + 1, end)
            if at < 0:
                break
            continue
        kind = header(data, at, end)[0]
        start = at if start is None else start
        while True:
            frame = header(data, at, end)
            if frame is None or frame[0] != kind or at + frame[1] > end:
                break
            at += frame[1]
        last = at
    return start, last


def root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    half = len(leaves) // 2
    return hashlib.sha256(root(leaves[:half]) + root(leaves[half:])).digest()


def content_hash(audio):
    leaves = [hashlib.sha256(audio[at:at + 16384]).digest() for at in range(0, len(audio), 16384)]
    size = 1
    while size < len(leaves):
        size *= 2
    return root(leaves + [bytes(32)] * (size - len(leaves))).hex()


def read(path):
    with open(path, "rb") as file:
        return file.read()


def main(arguments):
    if len(arguments) > 1 and arguments[0] == "describe":
        for path in arguments[1:]:
            data = read(path)
            start, end = payload(data)
            print(json.dumps({"path": path, "offset": start, "length": end - start, "hash": content_hash(data[start:end])}))
    elif len(arguments) == 3 and arguments[0] == "cut":
        data = read(arguments[1])
        start, end = payload(data)
        with open(arguments[2], "wb") as file:
            file.write(data[start:end])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
