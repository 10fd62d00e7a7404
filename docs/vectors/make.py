#!/usr/bin/env python3
"""Writes the test vectors beside this script. It uses only Python's standard library and none of the project's code, so the
vectors check the code and not the other way round. The tables of messages below repeat src/Protocol/tsp.proto on purpose.

    python3 docs/vectors/make.py           writes the files
    python3 docs/vectors/make.py --check   only compares them; exit code 1 = a file differs
"""
import base64
import hashlib
import hmac
import json
import pathlib
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# ---- protobuf --------------------------------------------------------------------------------------------------------
# Message -> field -> (number, type). "*" before a type = repeated, "?" = optional. Fields are written in the order of their
# numbers, and those with their default value are left out unless they are optional, as every implementation of proto3 does.

MESSAGES = {
    "SongTags": {
        "title": (1, "string"), "artist": (2, "string"), "album": (3, "string"), "album_artist": (4, "string"),
        "track": (5, "uint32"), "disc": (6, "uint32"), "year": (7, "uint32"), "genre": (8, "string"),
        "now_playing": (9, "string"), "cover": (10, "bytes")},
    "AudioFormat": {
        "duration_ms": (1, "uint32"), "bitrate_bps": (2, "uint32"), "vbr": (3, "bool"), "sample_rate_hz": (4, "uint32"),
        "channels": (5, "uint32"), "payload_bytes": (6, "uint64"), "track_gain_cdb": (7, "?sint32"), "track_peak_ppm": (8, "?uint32"),
        "album_gain_cdb": (9, "?sint32"), "album_peak_ppm": (10, "?uint32")},
    "Song": {
        "id": (1, "int32"), "content_hash": (2, "bytes"), "tags": (3, "SongTags"), "format": (4, "AudioFormat"),
        "live": (5, "bool"), "hosts": (6, "*Host")},
    "Host": {
        "peer_id": (1, "bytes"), "name": (2, "string"), "address": (3, "string"), "port": (4, "uint32"),
        "reachable": (5, "bool"), "active_streams": (6, "uint32"), "max_streams": (7, "uint32"), "secure": (8, "bool"),
        "callable": (9, "bool")},
    "Init": {"hello": (1, "Hello"), "challenge": (2, "Challenge"), "proof": (3, "Proof"), "welcome": (4, "Welcome")},
    "Hello": {
        "protocol_version": (1, "uint32"), "peer_id": (2, "bytes"), "name": (3, "string"), "listen_port": (4, "uint32"),
        "agent": (5, "string"), "wants_broadcasts": (6, "bool"), "nonce": (7, "bytes"), "advertised_address": (8, "string"),
        "features": (9, "uint64"), "local_endpoints": (10, "*string"), "resume": (11, "bytes")},
    "Challenge": {"nonce": (1, "bytes")},
    "Proof": {"hmac": (1, "bytes")},
    "Welcome": {
        "tracker_name": (1, "string"), "observed_address": (2, "string"), "heartbeat_interval_ms": (3, "uint32"),
        "catalog_version": (4, "uint64"), "hmac": (5, "bytes"), "alternative_trackers": (6, "*string"),
        "tracker_key_id": (7, "bytes"), "features": (8, "uint64"), "resume": (9, "bytes")},
    "Share": {
        "complete": (1, "bool"), "last": (2, "bool"), "added": (3, "*SharedSong"), "removed": (4, "*bytes"),
        "load": (5, "HostLoad")},
    "HostLoad": {"active_streams": (1, "uint32"), "max_streams": (2, "uint32")},
    "SharedSong": {
        "content_hash": (1, "bytes"), "tags": (2, "SongTags"), "format": (3, "AudioFormat"), "live": (4, "bool"),
        "last_id": (5, "int32"), "relay_depth": (7, "uint32"), "receipt": (8, "bytes")},
    "Assign": {"songs": (1, "*AssignedSong")},
    "AssignedSong": {"content_hash": (1, "bytes"), "id": (2, "int32"), "refusal": (3, "string"), "receipt": (4, "bytes")},
    "ListRequest": {"query": (1, "string"), "limit": (2, "uint32")},
    "SongPage": {"songs": (1, "*Song"), "next_cursor": (2, "int32"), "catalog_version": (3, "uint64"), "total": (4, "uint32")},
    "InfoRequest": {"limit": (1, "uint32")},
    "SongInfoPage": {"songs": (1, "*Song"), "next_cursor": (2, "int32"), "catalog_version": (3, "uint64")},
    "CatalogDelta": {
        "from_version": (1, "uint64"), "to_version": (2, "uint64"), "changed": (3, "*Song"), "removed": (4, "*int32")},
    "PlayGrant": {"song": (1, "Song"), "reach": (2, "*HostReach")},
    "HostReach": {
        "peer_id": (1, "bytes"), "endpoints": (2, "*string"), "callable": (3, "bool"), "relayable": (4, "bool"),
        "relay_depth": (5, "uint32")},
    "PlayRequest": {
        "offset": (1, "uint64"), "pace": (2, "Pace"), "requester_id": (3, "bytes"), "content_hash": (4, "bytes"),
        "want_piece_hashes": (5, "bool"), "length": (6, "uint64"), "want_live_proofs": (7, "bool"), "from_sequence": (8, "uint64")},
    "StreamStart": {
        "song": (1, "Song"), "offset": (2, "uint64"), "piece_bytes": (3, "uint32"), "piece_hashes": (4, "bytes"),
        "live": (5, "LiveStart")},
    "LiveStart": {
        "first_sequence": (1, "uint64"), "first_time_ms": (2, "uint64"), "edge_time_ms": (3, "uint64"), "chunk_ms": (4, "uint32"),
        "source_id": (5, "bytes"), "feed_name": (6, "string"), "source_key": (7, "bytes"), "path": (8, "*bytes")},
    "LiveChunk": {
        "sequence": (1, "uint64"), "time_ms": (2, "uint64"), "duration_ms": (3, "uint32"), "length": (4, "uint32"),
        "hash": (5, "bytes"), "signature": (6, "bytes"), "gap": (7, "bool"), "format_changed": (8, "bool")},
    "Call": {
        "token": (1, "bytes"), "peer_id": (2, "bytes"), "way": (3, "CallWay"), "endpoint": (4, "string"), "secure": (5, "bool"),
        "code": (6, "ErrorCode"), "refusal": (7, "string"), "retry_after_ms": (8, "uint32"), "relay_id": (9, "bytes"),
        "relay_ticket": (10, "bytes"), "wait_ms": (11, "uint32")},
    "Reach": {
        "listen_port": (1, "uint32"), "local_endpoints": (2, "*string"), "probe_token": (3, "bytes"), "reachable": (4, "bool"),
        "observed": (5, "string"), "reason": (6, "string")},
    "Relay": {
        "ticket": (1, "bytes"), "ticket_requester": (2, "bytes"), "ticket_host": (3, "bytes"), "requester_id": (4, "bytes"),
        "host_id": (5, "bytes"), "valid_ms": (6, "uint32"), "max_seconds": (7, "uint32"), "max_bytes": (8, "uint64"),
        "max_bps": (9, "uint32"), "ok": (10, "bool"), "code": (11, "ErrorCode")},
    "Cover": {
        "hash": (1, "bytes"), "media_type": (2, "string"), "offset": (3, "uint32"), "total": (4, "uint32"), "data": (5, "bytes")},
    "Error": {
        "code": (1, "ErrorCode"), "message": (2, "string"), "retryable": (3, "bool"), "retry_after_ms": (4, "uint32"),
        "queue_place": (5, "uint32")},
}

ENUMS = {
    "Pace": ["REALTIME", "FULL"],
    "CallWay": ["BACK", "PUNCH", "RELAY"],
    "ErrorCode": [
        "UNKNOWN", "BAD_FRAME", "UNSUPPORTED", "TOO_LARGE", "TIMEOUT", "NOT_REGISTERED", "UNAUTHENTICATED", "FORBIDDEN",
        "REPLACED", "UNKNOWN_SONG", "NO_HOST", "SONG_CHANGED", "BUSY", "RATE_LIMITED", "SHUTTING_DOWN", "INTERNAL",
        "BAD_REQUEST"],
}

OPERATIONS = [
    "INIT", "LIST", "INFO", "PLAY", "STOP", "QUIT", "BROADCAST_LIST", "DATA", "PING", "PONG", "ERROR", "ASSIGN", "SHARE",
    "CALL", "REACH", "RELAY", "LIVE", "COVER"]


def varint(value):
    value &= (1 << 64) - 1  # a negative int32 is sign-extended to ten bytes
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def delimited(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def one(number, kind, value):
    """One field that is not repeated, or one element of a repeated field."""
    if kind == "string":
        return delimited(number, value.encode())
    if kind == "bytes":
        return delimited(number, value)
    if kind in MESSAGES:
        return delimited(number, encode(kind, value))
    if kind in ENUMS:
        value = ENUMS[kind].index(value)
    if kind == "sint32":  # small negative numbers are short, too
        value = value << 1 ^ value >> 31
    return varint(number << 3) + varint(int(value))


def encode(message, fields):
    out = b""
    for name, value in sorted(fields.items(), key=lambda item: MESSAGES[message][item[0]][0]):
        number, kind = MESSAGES[message][name]
        if kind.startswith("*"):
            if kind == "*int32":  # numbers are packed
                out += delimited(number, b"".join(varint(v) for v in value)) if value else b""
            else:
                out += b"".join(one(number, kind[1:], v) for v in value)
        elif kind.startswith("?"):
            out += one(number, kind[1:], value)
        elif kind in MESSAGES or value not in (0, False, "", b"") and value != ENUMS.get(kind, [None])[0]:
            out += one(number, kind, value)
    return out


def as_json(message, fields):
    """The fields in proto3's JSON mapping: bytes are base64, 64-bit numbers are strings."""
    def value_of(kind, value):
        if kind.startswith("*"):
            return [value_of(kind[1:], v) for v in value]
        if kind == "bytes":
            return base64.b64encode(value).decode()
        if kind == "uint64":
            return str(value)
        return as_json(kind, value) if kind in MESSAGES else value
    return {name: value_of(MESSAGES[message][name][1], value) for name, value in fields.items()}


# ---- frames ----------------------------------------------------------------------------------------------------------

def header(operation, song_id=0, body_length=None):
    if body_length is None:
        return struct.pack(">Bi", operation, song_id)
    return struct.pack(">BiI", operation | 0x80, song_id, body_length)


def frame(operation, song_id=0, body=None):
    return header(operation, song_id, None if body is None else len(body)) + (body or b"")


FRAMES = []


def add(name, meaning, operation, song_id=0, message=None, fields=None, raw=None):
    number = OPERATIONS.index(operation) if isinstance(operation, str) else operation
    body = encode(message, fields) if message else raw
    entry = {"name": name, "meaning": meaning, "hex": frame(number, song_id, body).hex(), "operation": number,
             "song_id": song_id, "has_body": body is not None}
    if message:
        entry |= {"message": message, "json": as_json(message, fields)}
    elif raw is not None:
        entry["body"] = raw.hex()
    FRAMES.append(entry)
    return entry["hex"]


ILLEGAL = []


def illegal(name, meaning, code, data, message=None):
    ILLEGAL.append({"name": name, "meaning": meaning, "hex": data.hex(), "message": message, "code": code,
                    "code_number": ENUMS["ErrorCode"].index(code)})


PEER = bytes(range(0x10, 0x20))
OTHER_PEER = bytes(range(0x20, 0x30))
HASH = sha256(b"a song")
OTHER_HASH = sha256(b"another song")
RECEIPT_KEY = bytes(range(32))


def receipt(key, content_hash, song_id):
    return hmac.digest(key, b"tsp1-id" + content_hash + struct.pack(">i", song_id), "sha256")[:16]


TAGS = {"title": "Días de Otoño", "artist": "Torero", "album": "Plaza", "album_artist": "Torero & Co.", "track": 3, "disc": 1,
        "year": 1999, "genre": "Flamenco"}
FORMAT = {"duration_ms": 183_000, "bitrate_bps": 192_000, "vbr": True, "sample_rate_hz": 44_100, "channels": 2,
          "payload_bytes": 4_392_000}
# With every value of ReplayGain; an album gain of 0 is not the same as none.
LOUD_FORMAT = FORMAT | {"track_gain_cdb": -654, "track_peak_ppm": 988_553, "album_gain_cdb": 0, "album_peak_ppm": 1_000_000}
HOST = {"peer_id": PEER, "name": "anna", "address": "192.0.2.7", "port": 7071, "reachable": True, "active_streams": 2,
        "max_streams": 500, "secure": True}
HOST6 = {"peer_id": OTHER_PEER, "name": "ben", "address": "2001:db8::7", "port": 7171, "callable": True}
SONG = {"id": 7, "content_hash": HASH, "tags": TAGS, "format": FORMAT, "hosts": [HOST, HOST6]}
OWN_SONG = {name: value for name, value in SONG.items() if name != "hosts"}
TOKEN = bytes(range(0x40, 0x50))
TICKET = bytes(range(0x60, 0x80))


def make_frames():
    # Without a body: the five bytes of the original protocol.
    add("list", "LIST: the first page of the catalog; from a tracker: send me your songs", "LIST")
    add("list-cursor", "LIST: the page of songs with an id above 200", "LIST", 200)
    add("info", "INFO of song 7", "INFO", 7)
    add("play", "PLAY of song 7: at a tracker, who hosts it; at a host, from its first byte in real time", "PLAY", 7)
    add("stop", "STOP, and the answer to it", "STOP")
    add("quit", "QUIT", "QUIT")
    add("data-end", "DATA without a body: the end of song 7", "DATA", 7)
    add("ping", "PING with the number 1", "PING", 1)
    add("pong", "PONG: the answer to that PING", "PONG", 1)
    add("largest-id", "INFO of the largest id", "INFO", 2**31 - 1)
    # INIT. The frames of a whole handshake with an access key are in handshake.json.
    add("init-hello", "a peer that shares songs and wants broadcasts", "INIT", 0, "Init", {"hello": {
        "protocol_version": 1, "peer_id": PEER, "name": "anna", "listen_port": 7071, "agent": "Example/1.0",
        "wants_broadcasts": True, "features": 3, "local_endpoints": ["192.168.1.7:7071", "[fd00::7]:7071"],
        "resume": bytes(range(16))}})
    add("init-hello-guest", "a peer that only asks: no port, no broadcasts", "INIT", 0, "Init", {"hello": {
        "protocol_version": 1, "peer_id": OTHER_PEER, "name": "ben"}})
    add("init-welcome", "a tracker without an access key", "INIT", 0, "Init", {"welcome": {
        "tracker_name": "plaza", "observed_address": "2001:db8::7", "heartbeat_interval_ms": 10_000, "catalog_version": 41,
        "alternative_trackers": ["b.example:7070", "[2001:db8::1]:7070"], "tracker_key_id": bytes(range(16)), "features": 1,
        "resume": bytes(range(16, 32))}})
    add("init-welcome-host", "the welcome of a host without an access key: every field is empty", "INIT", 0, "Init",
        {"welcome": {}})
    # Sharing.
    shared = {"content_hash": HASH, "tags": TAGS, "format": FORMAT, "last_id": 7, "receipt": receipt(RECEIPT_KEY, HASH, 7)}
    add("share-complete", "the only frame of a complete share, with a song that had the id 7", "SHARE", 0, "Share", {
        "complete": True, "last": True, "added": [shared], "load": {"active_streams": 0, "max_streams": 500}})
    add("share-gain", "the same song with its ReplayGain", "SHARE", 0, "Share", {
        "last": True, "added": [shared | {"format": LOUD_FORMAT}]})
    add("share-changes", "a change: one song is gone", "SHARE", 0, "Share", {"last": True, "removed": [OTHER_HASH]})
    add("share-load", "only how busy the host is", "SHARE", 0, "Share", {"load": {"active_streams": 2, "max_streams": 500}})
    add("assign", "song 7 with its receipt (ids.json), and a refused song", "ASSIGN", 0, "Assign", {"songs": [
        {"content_hash": HASH, "id": 7, "receipt": receipt(RECEIPT_KEY, HASH, 7)},
        {"content_hash": OTHER_HASH, "refusal": "its title is empty"}]})
    # Asking the tracker.
    add("list-query", "LIST+: at most 50 songs that match the words", "LIST", 0, "ListRequest", {"query": "otono torero", "limit": 50})
    add("list-empty-body", "LIST+ with a body of length 0, which is an empty ListRequest", "LIST", 0, "ListRequest", {})
    add("list-page", "list.info: the last page (the next cursor is 0)", "LIST", 0, "SongPage", {
        "songs": [SONG], "catalog_version": 42, "total": 1})
    add("info-request", "INFO+: pages of at most 100 songs", "INFO", 0, "InfoRequest", {"limit": 100})
    add("info-page", "song.info: a page after which more songs follow", "INFO", 7, "SongInfoPage", {
        "songs": [SONG], "next_cursor": 7, "catalog_version": 42})
    add("broadcast", "broadcast_list.info: song 7 changed, the songs 8 and 300 are gone", "BROADCAST_LIST", 0, "CatalogDelta", {
        "from_version": 42, "to_version": 43, "changed": [SONG], "removed": [8, 300]})
    add("play-grant", "who hosts song 7, and the ways to those hosts", "PLAY", 7, "PlayGrant", {"song": SONG, "reach": [
        {"peer_id": PEER, "endpoints": ["192.168.1.7:7071"]}, {"peer_id": OTHER_PEER, "callable": True}]})
    # Requester and host.
    add("play-request", "PLAY+ from the second piece on at full speed, with piece hashes", "PLAY", 7, "PlayRequest", {
        "offset": 16_384, "pace": "FULL", "requester_id": OTHER_PEER, "content_hash": HASH, "want_piece_hashes": True})
    add("stream-start", "the answer (two made-up piece hashes)", "PLAY", 7, "StreamStart", {
        "song": OWN_SONG, "offset": 16_384, "piece_bytes": 16_384, "piece_hashes": HASH + OTHER_HASH})
    add("data", "six bytes of song 7", "DATA", 7, raw=bytes.fromhex("fffb90000102"))
    add("data-empty", "DATA+ with a body of length 0: no bytes, and not the end of the song", "DATA", 7, raw=b"")
    # Errors.
    add("error-unknown-song", "there is no song 9", "ERROR", 9, "Error", {"code": "UNKNOWN_SONG", "message": "there is no song 9"})
    add("error-queue", "BUSY: the third place in the host's queue, to ask again after 15 s", "ERROR", 7, "Error", {
        "code": "BUSY", "message": "3rd in the queue: all 500 streams are taken", "retryable": True, "retry_after_ms": 15_000,
        "queue_place": 3})
    # Reach.
    add("call", "a requester asks that the host of song 7 connect to it", "CALL", 7, "Call", {"token": TOKEN, "peer_id": PEER})
    add("call-to-host", "the tracker tells the host", "CALL", 7, "Call", {
        "token": TOKEN, "peer_id": OTHER_PEER, "endpoint": "192.0.2.9:40000", "secure": True})
    add("call-refused", "the host does not connect", "CALL", 7, "Call", {
        "token": TOKEN, "peer_id": OTHER_PEER, "code": "BUSY", "refusal": "all streams are taken", "retry_after_ms": 5_000})
    add("reach", "a peer reports its port", "REACH", 2**31 - 1, "Reach", {
        "listen_port": 40_000, "local_endpoints": ["192.168.1.7:7071"]})
    add("reach-result", "the tracker could not reach it", "REACH", 0, "Reach", {
        "observed": "192.0.2.9:40000", "reason": "the connection was refused"})
    add("relay", "a ticket as the first frame of a connection to a relay", "RELAY", 0, "Relay", {"ticket": TICKET})
    add("cover-request", "asks for the cover with a hash", "COVER", 7, "Cover", {"hash": HASH})
    add("cover-part", "the last part of a cover of 5 bytes", "COVER", 7, "Cover", {
        "hash": HASH, "media_type": "image/png", "offset": 3, "total": 5, "data": bytes([1, 2])})
    # Live feeds. The signature of the chunk is in live.json.
    add("play-live", "PLAY+ of a live feed with proofs, from chunk 1,200 on if it is still held", "PLAY", 9, "PlayRequest", {
        "requester_id": OTHER_PEER, "content_hash": LIVE_HASH, "want_live_proofs": True, "from_sequence": 1_200})
    add("live-start", "the answer, from the source itself", "PLAY", 9, "StreamStart", {"song": LIVE_SONG, "live": LIVE_START})
    add("live-chunk", "the proof of a chunk of four bytes", "LIVE", 9, "LiveChunk", LIVE_CHUNK)
    add("live-title", "INFO+ between two chunks: the title has changed", "INFO", 9, "SongInfoPage", {"songs": [
        LIVE_SONG | {"tags": LIVE_SONG["tags"] | {"now_playing": "Ana - Adi\u00f3s"}}]})
    # Anything else is skipped and answered with UNSUPPORTED.
    add("unknown-operation", "an operation that nobody knows, without a body", 0x7F, 5)
    add("unknown-operation-body", "the same with a body, which is skipped", 0x7F, 5, raw=bytes(3))

    illegal("negative-id", "INFO of song -1", "BAD_FRAME", header(2, -1))
    illegal("init-too-long", "an INIT of 16 KiB + 1; the header is enough to refuse it", "TOO_LARGE", header(0, 0, 16 * 1024 + 1))
    illegal("data-too-long", "DATA of 256 KiB + 1", "TOO_LARGE", header(7, 7, 256 * 1024 + 1))
    illegal("share-too-long", "SHARE of 1 MiB + 1", "TOO_LARGE", header(12, 0, 1024 * 1024 + 1))
    illegal("call-too-long", "CALL of 4 KiB + 1", "TOO_LARGE", header(13, 7, 4 * 1024 + 1))
    illegal("cover-too-long", "COVER of 256 KiB + 1", "TOO_LARGE", header(17, 7, 256 * 1024 + 1))
    illegal("live-too-long", "LIVE of 1 KiB + 1", "TOO_LARGE", header(16, 7, 1024 + 1))
    illegal("unknown-too-long", "an unknown operation with 1 MiB + 1", "TOO_LARGE", header(0x7F, 0, 1024 * 1024 + 1))
    illegal("not-protobuf", "a body that ends inside a field", "BAD_FRAME", frame(1, 0, bytes([0x0A, 5, 0x61])), "ListRequest")
    illegal("no-step", "an INIT without a step", "BAD_FRAME", frame(0, 0, b""), "Init")
    hello = {"protocol_version": 1, "peer_id": PEER, "name": "anna"}
    illegal("two-steps", "an INIT with two steps", "BAD_FRAME",
            frame(0, 0, encode("Init", {"hello": hello, "proof": {"hmac": bytes(32)}})), "Init")
    illegal("short-peer-id", "a peer id of 15 bytes", "BAD_FRAME",
            frame(0, 0, encode("Init", {"hello": hello | {"peer_id": PEER[:15]}})), "Init")
    illegal("short-nonce", "a nonce of 31 bytes", "BAD_FRAME",
            frame(0, 0, encode("Init", {"challenge": {"nonce": bytes(31)}})), "Init")
    illegal("long-resume", "a resume of 17 bytes", "BAD_FRAME",
            frame(0, 0, encode("Init", {"hello": hello | {"resume": bytes(17)}})), "Init")
    illegal("short-key-id", "a tracker_key_id of 15 bytes", "BAD_FRAME", frame(0, 0, encode("Init", {"welcome": {
        "tracker_name": "plaza", "heartbeat_interval_ms": 10_000, "tracker_key_id": bytes(15)}})), "Init")
    illegal("short-hash", "a content hash of 31 bytes", "BAD_FRAME",
            frame(12, 0, encode("Share", {"added": [{"content_hash": HASH[:31]}]})), "Share")
    illegal("negative-last-id", "a last_id of -1", "BAD_FRAME",
            frame(12, 0, encode("Share", {"added": [{"content_hash": HASH, "last_id": -1}]})), "Share")
    illegal("short-receipt", "a receipt of 8 bytes", "BAD_FRAME",
            frame(12, 0, encode("Share", {"added": [{"content_hash": HASH, "receipt": bytes(8)}]})), "Share")
    illegal("short-requester", "a requester_id of 4 bytes", "BAD_FRAME",
            frame(3, 7, encode("PlayRequest", {"requester_id": bytes(4)})), "PlayRequest")
    illegal("odd-piece-hashes", "piece hashes of 33 bytes", "BAD_FRAME",
            frame(3, 7, encode("StreamStart", {"song": OWN_SONG, "piece_hashes": bytes(33)})), "StreamStart")
    illegal("short-token", "a token of 8 bytes", "BAD_FRAME",
            frame(13, 7, encode("Call", {"token": bytes(8), "peer_id": PEER})), "Call")
    illegal("short-ticket", "a ticket of 16 bytes", "BAD_FRAME", frame(15, 0, encode("Relay", {"ticket": bytes(16)})), "Relay")
    illegal("short-cover-hash", "a cover's hash of 16 bytes", "BAD_FRAME", frame(17, 7, encode("Cover", {"hash": bytes(16)})), "Cover")
    illegal("short-signature", "a signature of 63 bytes", "BAD_FRAME",
            frame(16, 7, encode("LiveChunk", LIVE_CHUNK | {"signature": bytes(63)})), "LiveChunk")
    illegal("long-path", "a path of nine peers", "BAD_FRAME", frame(3, 7, encode(
        "StreamStart", {"song": LIVE_SONG, "live": LIVE_START | {"path": [PEER] * 9}})), "StreamStart")
    illegal("short-cover", "tags with a cover of 31 bytes", "BAD_FRAME",
            frame(12, 0, encode("Share", {"added": [{"content_hash": HASH, "tags": {"title": "a", "cover": HASH[:31]}}]})), "Share")
    return {"about": "Frames on the wire (docs/protocol.md, sections 1, 3 to 5).", "frames": FRAMES, "illegal": ILLEGAL}


# ---- ids -------------------------------------------------------------------------------------------------------------

# The SubjectPublicKeyInfo of a P-256 key is this prefix and the point's two coordinates.
P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200" + "04")
# The public key of RFC 6979, A.2.5, as the key of a tracker.
SERVER_KEY = P256 + bytes.fromhex(
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299")
# The curve's base point, as the key of a peer. Its private key is 1.
PEER_KEY = P256 + bytes.fromhex(
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")


def key_id(public_key):
    return sha256(public_key)[:16]


# The coordinates of twice the base point, for signatures with the nonce 2. Real sources take a random nonce.
TWICE_X = 0x7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978
ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551


def sign(message):
    """A signature of PEER_KEY, whose private key is 1: ECDSA P-256 with SHA-256, r and s of 32 bytes each."""
    e, r = int.from_bytes(sha256(message), "big"), TWICE_X % ORDER
    s = pow(2, -1, ORDER) * (e + r) % ORDER
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def live_signed(content_hash, chunk):
    return b"tsp1-live" + content_hash + struct.pack(
        ">QQII", chunk["sequence"], chunk["time_ms"], chunk["duration_ms"], chunk["length"]) + chunk["hash"]


def live_chunk(content_hash, sequence, time_ms, duration_ms, mp3, **flags):
    chunk = {"sequence": sequence, "time_ms": time_ms, "duration_ms": duration_ms, "length": len(mp3), "hash": sha256(mp3)} | flags
    return chunk | {"signature": sign(live_signed(content_hash, chunk))}


# A feed of the peer whose key is PEER_KEY.
LIVE_SOURCE = key_id(PEER_KEY)
LIVE_HASH = sha256(LIVE_SOURCE, "Radio Olé".encode())
LIVE_SONG = {"id": 9, "content_hash": LIVE_HASH, "tags": {"title": "Radio Olé"},
             "format": {"bitrate_bps": 128_000, "sample_rate_hz": 44_100, "channels": 2}, "live": True}
LIVE_START = {"first_sequence": 1_200, "first_time_ms": 1_790_000_000_000, "edge_time_ms": 1_790_000_006_000, "chunk_ms": 500,
              "source_id": LIVE_SOURCE, "feed_name": "Radio Olé", "source_key": PEER_KEY, "path": [LIVE_SOURCE]}
LIVE_CHUNK = live_chunk(LIVE_HASH, 1_200, 1_790_000_000_000, 496, bytes.fromhex("fffb9000"))


def make_live():
    other = live_chunk(LIVE_HASH, 2**64 - 1, 2**64 - 1, 2**32 - 1, b"", gap=True, format_changed=True)
    return {
        "about": "Live feeds (section 6): the content hash, and signatures of chunks. The private key of source_key is 1.",
        "source_id": LIVE_SOURCE.hex(), "source_key": PEER_KEY.hex(), "feed_name": "Radio Olé", "content_hash": LIVE_HASH.hex(),
        "chunks": [
            {"name": name, "mp3": mp3, "signed": live_signed(LIVE_HASH, chunk).hex(), "signature": chunk["signature"].hex(),
             "body": encode("LiveChunk", chunk).hex()}
            for name, mp3, chunk in [("usual", "fffb9000", LIVE_CHUNK), ("largest-numbers", "", other)]]}


def pem(public_key):
    text = base64.b64encode(public_key).decode()
    lines = [text[at:at + 64] for at in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""])


def make_ids():
    def key(name, public_key):
        return {"name": name, "public_key": public_key.hex(), "pem": pem(public_key), "key_id": key_id(public_key).hex()}

    def signed(name, key, content_hash, song_id):
        return {"name": name, "key": key.hex(), "content_hash": content_hash.hex(), "id": song_id,
                "receipt": receipt(key, content_hash, song_id).hex()}
    return {
        "about": "Key ids (section 1) and receipts of song ids (section 2).",
        "keys": [key("rfc6979", SERVER_KEY), key("base-point", PEER_KEY)],
        "receipts": [
            signed("song-7", RECEIPT_KEY, HASH, 7), signed("song-1", RECEIPT_KEY, HASH, 1),
            signed("largest-id", RECEIPT_KEY, OTHER_HASH, 2**31 - 1)]}


# ---- handshake -------------------------------------------------------------------------------------------------------

def make_handshake():
    def handshake(name, meaning, text, peer, server_key, nonce, challenge, host=False):
        key, tls = text.encode(), server_key is not None
        end = peer + (key_id(server_key) if tls else b"")
        proof = hmac.digest(key, (b"tsp1-peer-tls" if tls else b"tsp1-peer") + challenge + nonce + end, "sha256")
        answer = hmac.digest(key, (b"tsp1-tracker-tls" if tls else b"tsp1-tracker") + nonce + challenge + end, "sha256")
        steps = {
            "hello": {"protocol_version": 1, "peer_id": peer, "name": "anna", "listen_port": 0 if host else 7071,
                      "agent": "Example/1.0", "wants_broadcasts": not host, "nonce": nonce},
            "challenge": {"nonce": challenge},
            "proof": {"hmac": proof},
            "welcome": {"hmac": answer} if host else {
                "tracker_name": "plaza", "observed_address": "192.0.2.7", "heartbeat_interval_ms": 10_000, "catalog_version": 1,
                "hmac": answer, "resume": bytes(range(16))}}
        return {
            "name": name, "meaning": meaning, "key": text, "key_bytes": key.hex(), "peer_id": peer.hex(),
            "server_key_id": key_id(server_key).hex() if tls else None, "hello_nonce": nonce.hex(),
            "challenge_nonce": challenge.hex(), "proof": proof.hex(), "welcome_proof": answer.hex(),
            "frames": {step: frame(0, 0, encode("Init", {step: fields})).hex() for step, fields in steps.items()}}

    nonce, challenge = bytes(range(0x80, 0xA0)), bytes(range(0xC0, 0xE0))
    own = key_id(PEER_KEY)
    return {"about": "The four steps of INIT with an access key (section 3).", "handshakes": [
        handshake("plain", "in plain, at a tracker", "correct horse battery", PEER, None, nonce, challenge),
        handshake("plain-utf8", "the key is the UTF-8 of the text, without a change of case or form", "Olé Olé Torero", PEER, None,
                  nonce, challenge),
        handshake("tls", "over TLS with a certificate: the peer id is the peer's key id", "correct horse battery", own, SERVER_KEY,
                  nonce, challenge),
        handshake("tls-no-certificate", "over TLS without a certificate: any peer id, but the labels of TLS",
                  "correct horse battery", PEER, SERVER_KEY, nonce, challenge),
        handshake("tls-invitation", "over TLS with the code of an invitation as the key", "abcdefghijkmnpqrstuvwxyz23", own,
                  SERVER_KEY, nonce, challenge),
        handshake("plain-host", "at a host: the labels are the same, and the welcome has nothing but the HMAC",
                  "correct horse battery", PEER, None, nonce, challenge, host=True)]}


# ---- the tree --------------------------------------------------------------------------------------------------------

BLOCK = 16 * 1024
ZERO_LEAF = bytes(32)


def pattern(length):
    """The bytes of the payloads below: byte i is i mod 251."""
    return (bytes(range(251)) * (length // 251 + 1))[:length]


def leaves_of(payload):
    leaves = [sha256(payload[at:at + BLOCK]) for at in range(0, len(payload), BLOCK)]
    width = 1
    while width < len(leaves):
        width *= 2
    return leaves + [ZERO_LEAF] * (width - len(leaves))  # a full tree, in the plainest way


def up(nodes):
    return [sha256(nodes[at], nodes[at + 1]) for at in range(0, len(nodes), 2)]


def root_of(payload):
    nodes = leaves_of(payload)
    while len(nodes) > 1:
        nodes = up(nodes)
    return nodes[0]


def pieces_of(payload):
    """The piece size, and the layer of the tree without the nodes that cover only padding."""
    height = 0
    while -(-len(payload) // (BLOCK << height)) > 1024:
        height += 1
    nodes = leaves_of(payload)
    for _ in range(height):
        nodes = up(nodes)
    return BLOCK << height, nodes[:-(-len(payload) // (BLOCK << height))]


def make_merkle():
    def tree(name, length):
        payload = pattern(length)
        piece_bytes, layer = pieces_of(payload)
        entry = {"name": name, "length": length, "root": root_of(payload).hex(), "piece_bytes": piece_bytes,
                 "pieces": len(layer), "piece_hashes_sha256": sha256(*layer).hex(), "first_piece": layer[0].hex(),
                 "last_piece": layer[-1].hex(), "last_piece_length": length - piece_bytes * (len(layer) - 1)}
        if len(layer) <= 8:
            entry["piece_hashes"] = b"".join(layer).hex()
        return entry

    padding = [ZERO_LEAF]
    for _ in range(12):
        padding.append(sha256(padding[-1], padding[-1]))
    return {
        "about": "Roots and piece layers (sections 2 and 4). Byte i of each payload is i mod 251.",
        # Node n stands for a missing subtree that is n levels high.
        "padding": [node.hex() for node in padding],
        "trees": [
            tree("one-byte", 1), tree("block-minus-1", BLOCK - 1), tree("block", BLOCK), tree("block-plus-1", BLOCK + 1),
            tree("three-blocks", 3 * BLOCK), tree("five-blocks-minus-7", 5 * BLOCK - 7), tree("1024-blocks", 1024 * BLOCK),
            tree("1025-blocks", 1025 * BLOCK), tree("1024-blocks-plus-1", 1024 * BLOCK + 1),
            tree("2048-blocks-plus-1", 2048 * BLOCK + 1)]}


# ---- payloads --------------------------------------------------------------------------------------------------------

# Kinds of frames: header, length in bytes, samples, sample rate, bit rate, channels.
SMALL = ("ffe318c0", 72, 576, 8_000, 8_000, 1)     # MPEG-2.5, 8 kbit/s, 8 kHz, mono
MPEG1 = ("fffb1400", 96, 1152, 48_000, 32_000, 2)  # MPEG-1, 32 kbit/s, 48 kHz, stereo
USUAL = ("fffb9000", 417, 1152, 44_100, 128_000, 2)  # MPEG-1, 128 kbit/s, 44.1 kHz, stereo
USUAL_PADDED = ("fffb9200", 418, 1152, 44_100, 128_000, 2)
FREE = ("fffb0000", 80, 1152, 44_100, 0, 2)  # MPEG-1, free format
FREE_PADDED = ("fffb0200", 81, 1152, 44_100, 0, 2)


def junk(length, seed=1):
    """Bytes that cannot look like a header, because none is 0xFF."""
    return bytes((at * 37 + seed * 11 + 5) & 0x7F for at in range(length))


def mp3_frame(kind, seed=1):
    return bytes.fromhex(kind[0]) + junk(kind[1] - 4, seed)


def mp3(count, kind=SMALL, seed=1):
    return b"".join(mp3_frame(kind, seed + number) for number in range(count))


def info_frame(frames, delay, padding):
    """A SMALL frame with an Info marker after the 9 bytes of side information, and LAME's delay and padding."""
    marker = b"Info" + struct.pack(">II", 1, frames) + b"LAME3.100".ljust(21, b"\0")
    gaps = (delay << 12 | padding).to_bytes(3, "big")
    return (bytes.fromhex(SMALL[0]) + bytes(9) + marker + gaps).ljust(SMALL[1], b"\0")


def synchsafe(value):
    return bytes(value >> shift & 0x7F for shift in (21, 14, 7, 0))


def id3v2(version, body, footer=False):
    tail = bytes([version, 0, 0x10 if footer else 0]) + synchsafe(len(body))
    return b"ID3" + tail + body + (b"3DI" + tail if footer else b"")


def title_frame(title):
    text = b"\0" + title
    return b"TIT2" + struct.pack(">I", len(text)) + b"\0\0" + text


def id3v1(title):
    return b"TAG" + title.ljust(124, b"\0") + b"\xff"


def ape(key, value):
    item = struct.pack("<II", len(value), 0) + key + b"\0" + value

    def mark(flags):
        return b"APETAGEX" + struct.pack("<IIII", 2000, len(item) + 32, 1, flags) + bytes(8)
    return mark(0xA0000000) + item + mark(0x80000000)


def make_payloads():
    songs = []

    def song(name, meaning, before, payload, after, sounding):
        """sounding: how many frames of which kinds play. They alone decide the duration."""
        seconds = sum(count * kind[2] / kind[3] for count, kind in sounding)
        first = sounding[0][1]
        songs.append({
            "name": name, "meaning": meaning, "file": (before + payload + after).hex(), "offset": len(before),
            "length": len(payload), "content_hash": root_of(payload).hex(),
            "duration_ms": int(seconds * 1000 + 0.5), "bitrate_bps": int(len(payload) * 8 / seconds + 0.5),
            "vbr": len({kind[4] for _, kind in sounding}) > 1, "sample_rate_hz": first[3], "channels": first[5]})

    def nothing(name, meaning, file):
        songs.append({"name": name, "meaning": meaning, "file": file.hex(), "offset": None})

    tag3 = id3v2(3, title_frame(b"x"))
    tag4 = id3v2(4, bytes(20), footer=True)
    song("bare", "four frames and nothing else", b"", mp3(4), b"", [(4, SMALL)])
    song("usual", "three frames of 128 kbit/s at 44.1 kHz, one of them padded", b"",
         mp3(2, USUAL) + mp3_frame(USUAL_PADDED, 9), b"", [(3, USUAL)])
    song("one-frame", "one frame between tags is a song", tag3, mp3(1), id3v1(b"x"), [(1, SMALL)])
    song("id3v1", "ID3v1 at the end", b"", mp3(4), id3v1(b"x"), [(4, SMALL)])
    song("id3v2", "ID3v2.3 at the start", tag3, mp3(4), b"", [(4, SMALL)])
    song("id3v2-footer", "ID3v2.4 with a footer", tag4, mp3(4), b"", [(4, SMALL)])
    song("id3v2-end", "ID3v2.4 with a footer at the end", b"", mp3(4), tag4, [(4, SMALL)])
    song("id3v2-twice", "two tags with zeros behind them", tag3 + bytes(30) + tag4 + bytes(9), mp3(4), b"", [(4, SMALL)])
    song("id3v2-frames-inside", "a tag that contains frames, for example a picture", id3v2(3, mp3(5, MPEG1)), mp3(4), b"",
         [(4, SMALL)])
    song("ape", "APEv2 with a header at the end", b"", mp3(4), ape(b"Title", b"x"), [(4, SMALL)])
    song("junk", "junk at both ends; at least three frames in a row are needed, because the audio does not begin where it must",
         junk(100), mp3(4), junk(50, 2), [(4, SMALL)])
    song("everything", "tags and junk at both ends", tag3 + tag4 + junk(40), mp3(5),
         junk(33, 3) + ape(b"Title", b"x") + id3v1(b"x"), [(5, SMALL)])
    song("cut-off", "the last frame is not complete", b"", mp3(5), mp3_frame(SMALL, 77)[:40], [(5, SMALL)])
    song("info-frame", "an Info frame belongs to the payload but does not play; delay and padding are not subtracted", b"",
         info_frame(4, 576, 1000) + mp3(4), b"", [(4, SMALL)])
    song("damaged-middle", "50 bytes of junk in the middle belong to the payload", tag3, mp3(4) + junk(50) + mp3(4, seed=20),
         id3v1(b"x"), [(8, SMALL)])
    song("two-frames-behind-damage", "two frames in a row are enough behind damage", b"", mp3(4) + junk(50) + mp3(2, seed=20),
         junk(20, 4), [(6, SMALL)])
    song("one-frame-at-the-end", "a single frame behind damage counts if it ends the audio and has the first frame's rate", b"",
         mp3(4) + junk(50) + mp3(1, seed=20), id3v1(b"x"), [(5, SMALL)])
    song("one-frame-inside", "a single frame between damage is payload, but does not play", b"",
         mp3(4) + junk(50) + mp3(1, seed=20) + junk(50, 2) + mp3(4, seed=30), b"", [(8, SMALL)])
    song("foreign-frame-at-the-end", "a single frame of another rate at the end is junk", b"", mp3(4),
         junk(50) + mp3(1, MPEG1, 20), [(4, SMALL)])
    song("two-rates", "two runs with different rates are one payload, described by its first frame", b"",
         mp3(3) + mp3(3, MPEG1, 20), b"", [(3, SMALL), (3, MPEG1)])
    song("two-frames-at-the-end", "two frames in a row are enough behind junk if they end exactly where the audio ends", junk(100),
         mp3(2), id3v1(b"x"), [(2, SMALL)])
    song("free-format", "three frames of free format, one of them padded: 80 bytes each", tag3,
         mp3_frame(FREE) + mp3_frame(FREE_PADDED, 2) + mp3_frame(FREE, 3), id3v1(b"x"), [(3, FREE)])
    song("free-format-damage", "the length of free format stays the same behind damage", b"",
         mp3(3, FREE) + junk(50) + mp3(2, FREE, 20) + junk(50, 2) + mp3(1, FREE, 30), b"", [(6, FREE)])
    song("free-format-behind-another", "free format counts only from the first frame on", b"", mp3(4), mp3(4, FREE, 20),
         [(4, SMALL)])
    nothing("free-format-two-frames", "two frames of free format are not enough", mp3(2, FREE))
    nothing("free-format-unequal", "frames of free format have one length", mp3_frame(FREE) + b"\0" + mp3(2, FREE, 2))
    nothing("two-frames-behind-junk", "two frames in a row are not enough if junk precedes all audio", junk(100) + mp3(2) + junk(20, 2))
    nothing("only-tags", "no frame at all", tag3 + id3v1(b"x"))
    nothing("half-a-frame", "no complete frame", mp3(1)[:50])
    return {"about": "Payloads of small MP3 files (section 2). An offset of null means that the file is no song.", "files": songs}


# ---- addresses -------------------------------------------------------------------------------------------------------

KEY_TEXT = "000102030405060708090a0b0c0d0e0f"
CODE = "abcdefghijkmnpqrstuvwxyz23"


def make_addresses():
    def tracker(text, security, host=None, port=None, key=None):
        return {"text": text, "security": security, "host": host, "port": port, "key_id": key}

    def invitation(text, host=None, port=None):
        legal = host is not None
        return {"text": text, "host": host, "port": port, "key_id": KEY_TEXT if legal else None, "code": CODE if legal else None}

    pinned = f"#{KEY_TEXT}"
    line = f"tsps://tracker.example:7071{pinned}?invite={CODE}"
    return {
        "about": "Addresses of trackers and invitations (section 3). A host of null means that the text is refused. Without a "
                 "port, 7070 is meant where a person types the address.",
        "trackers": [
            tracker(f"tsps://tracker.example:7071{pinned}", "pinned", "tracker.example", 7071, KEY_TEXT),
            tracker(f"TSPS://tracker.example:7071#{KEY_TEXT.upper()}", "pinned", "tracker.example", 7071, KEY_TEXT),
            tracker(f"tsps://tracker.example{pinned}", "pinned", "tracker.example", 7070, KEY_TEXT),
            tracker(f"tsps://192.0.2.1:65535{pinned}", "pinned", "192.0.2.1", 65535, KEY_TEXT),
            tracker(f"tsps://[2001:db8::1]:7071{pinned}", "pinned", "2001:db8::1", 7071, KEY_TEXT),
            tracker(f"tsps://[2001:db8::1]{pinned}", "pinned", "2001:db8::1", 7070, KEY_TEXT),
            tracker("tsps://tracker.example:7071", "authority", "tracker.example", 7071),
            tracker("tsp://tracker.example:7071", "plain", "tracker.example", 7071),
            tracker("tracker.example:7071", "automatic", "tracker.example", 7071),
            tracker("[2001:db8::1]:7071", "automatic", "2001:db8::1", 7071),
            tracker("", "none"),
            tracker("tsps://", "none"),
            tracker(f"tsps://{pinned}", "none"),
            tracker("tsps://tracker.example:7071#", "none"),
            tracker(f"tsps://tracker.example:7071#{KEY_TEXT[:-2]}", "none"),
            tracker(f"tsps://tracker.example:7071#{KEY_TEXT}00", "none"),
            tracker(f"tsps://tracker.example:7071#{'g' * 32}", "none"),
            tracker(f"tsps://tracker.example:0{pinned}", "none"),
            tracker(f"tsps://tracker.example:65536{pinned}", "none"),
            tracker(f"tsps://tracker.example:{pinned}", "none"),
            tracker(f"tsps://[2001:db8::1{pinned}", "none"),
            tracker(f"tsps://[tracker.example]:7071{pinned}", "none"),
            tracker(f"tsps://tracker.example/music{pinned}", "none"),
            tracker(f"http://tracker.example:7071{pinned}", "none")],
        "invitations": [
            invitation(line, "tracker.example", 7071),
            invitation(line.replace(":7071", ""), "tracker.example", 7070),
            invitation(line.replace("tracker.example", "[2001:db8::1]"), "2001:db8::1", 7071),
            invitation(f"  <{line}>\n", "tracker.example", 7071),
            invitation(line.upper().replace("TRACKER.EXAMPLE", "tracker.example"), "tracker.example", 7071),
            invitation(""),
            invitation(f"tsps://tracker.example:7071{pinned}"),
            invitation(line[:-1]),
            invitation(line[:-1] + "0"),
            invitation(line.replace(pinned, "")),
            invitation(line.replace("tsps:", "tsp:")),
            invitation(line.replace("?invite", " ?invite"))]}


# ---- files -----------------------------------------------------------------------------------------------------------

FILES = {
    "frames.json": make_frames, "handshake.json": make_handshake, "ids.json": make_ids, "merkle.json": make_merkle,
    "payloads.json": make_payloads, "addresses.json": make_addresses, "live.json": make_live}


def main():
    check = sys.argv[1:] == ["--check"]
    differing = []
    for name, make in FILES.items():
        text = json.dumps(make(), indent=2, ensure_ascii=False) + "\n"
        path = HERE / name
        if check and (not path.exists() or path.read_text(encoding="utf-8") != text):
            differing.append(name)
        elif not check:
            path.write_text(text, encoding="utf-8", newline="\n")
    if differing:
        sys.exit("not as make.py writes them: " + ", ".join(differing))


if __name__ == "__main__":
    main()
