#!/usr/bin/env python3
"""Checks the gateway's OpenSubsonic API against its specification.

usage: conformance.py URL KEY SPEC

SPEC is a folder with the files of the specification, which are not part of this repository:
  openapi/                        from https://github.com/opensubsonic/open-subsonic-api
  subsonic-rest-api-1.16.1.xsd    the schema of the classic API

Every call is made for everything that the gateway lists: as JSON, which must fit the OpenAPI files; as XML, which must be well formed; and
as XML for a classic client, which must be valid. It changes stars, ratings, the queue, playlists and bookmarks. Needs the Python package
jsonschema and the program xmllint.
"""

import collections
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree

import jsonschema
import referencing

# Calls without parameters.
PLAIN = """ping getLicense tokenInfo getMusicFolders getUser getScanStatus startScan getPodcasts getNewestPodcasts getShares getChatMessages
getInternetRadioStations getArtists getIndexes getGenres getStarred getStarred2 getNowPlaying getPlaylists getPlayQueue getPlayQueueByIndex
getBookmarks getOpenSubsonicExtensions""".split()
# Calls for each id of a kind.
OF_SONG = ["getSong", "getLyricsBySongId", "getSimilarSongs", "getSimilarSongs2"]
OF_ALBUM = ["getAlbum", "getMusicDirectory", "getAlbumInfo", "getAlbumInfo2", "getSimilarSongs", "getSimilarSongs2"]
OF_ARTIST = ["getArtist", "getMusicDirectory", "getArtistInfo", "getArtistInfo2", "getSimilarSongs", "getSimilarSongs2", "getTopSongs"]
LISTS = ["alphabeticalByName", "alphabeticalByArtist", "newest", "random", "starred", "highest", "frequent", "recent"]
# The classic schema does not know these.
OPEN_ONLY = {"tokenInfo", "getLyricsBySongId", "getPlayQueueByIndex", "savePlayQueueByIndex", "getOpenSubsonicExtensions"}
# Where the gateway departs from the files: ids are texts in the OpenSubsonic API, but the classic schema says int here; and a queue that was
# never saved, or was cleared, is no element at all, as in other servers.
DEPARTURES = {
    ("getPlayQueue", "classic XML", "attribute 'current'"),
    ("getPlayQueue", "JSON", "'playQueue' is a required property"),
    ("getPlayQueueByIndex", "JSON", "'playQueueByIndex' is a required property"),
}
MAX_SHOWN = 40


class Check:
    def __init__(self, url, key, spec):
        self.url, self.key, self.spec = url.rstrip("/"), key, pathlib.Path(spec).resolve()
        self.registry = referencing.Registry(retrieve=self.retrieve)
        self.validators = {}
        self.faults = collections.Counter()
        self.counts = collections.Counter()
        self.documents = {}
        self.folder = tempfile.TemporaryDirectory()

    @staticmethod
    def retrieve(uri):
        path = urllib.request.url2pathname(urllib.parse.urlparse(uri).path)
        with open(path, encoding="utf-8") as file:
            return referencing.Resource(json.load(file), referencing.jsonschema.DRAFT202012)

    def validator(self, call):
        if call not in self.validators:
            path = self.spec / "openapi" / "endpoints" / f"{call}.json"
            response = json.loads(path.read_text(encoding="utf-8"))["get"]["responses"]["200"]
            if "$ref" in response:
                path = (path.parent / response["$ref"]).resolve()
                response = json.loads(path.read_text(encoding="utf-8"))
            target = (path.parent / response["content"]["application/json"]["schema"]["$ref"]).resolve()
            self.validators[call] = jsonschema.Draft202012Validator({"$ref": target.as_uri()}, registry=self.registry)
        return self.validators[call]

    def fetch(self, call, parameters, **more):
        values = list(dict(u="tsp", p=self.key, v="1.16.1", c="conformance", **more).items()) + parameters
        body = urllib.parse.urlencode(values).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}/rest/{call}", body), timeout=60) as response:
            return response.read()

    def fault(self, call, kind, text):
        if any((call, kind) == known[:2] and known[2] in text for known in DEPARTURES):
            self.counts["known departures"] += 1
        else:
            self.faults[(call, kind, text[:300])] += 1

    def call(self, call, *parameters, ok=True, once=False):
        """Makes a call in every format, and returns its JSON. With once, it is made as JSON only, because it changes something."""
        parameters = list(parameters)
        answer = json.loads(self.fetch(call, parameters, f="json"))
        self.counts["JSON"] += 1
        for error in self.validator(call).iter_errors(answer):
            for leaf in leaves(error):
                self.fault(call, "JSON", f"/{'/'.join('*' if isinstance(part, int) else part for part in leaf.absolute_path)}: {leaf.message}")
        inner = answer["subsonic-response"]
        if (inner["status"] == "ok") != ok:
            self.fault(call, "status", f"{inner['status']}, {inner.get('error')}")
        if not once:
            self.xml(call, self.fetch(call, parameters, f="xml"), classic=False)
            values = dict(u="tsp", p=self.key, v="1.16.1", c="DSub")
            body = urllib.parse.urlencode(list(values.items()) + parameters).encode()
            with urllib.request.urlopen(urllib.request.Request(f"{self.url}/rest/{call}", body), timeout=60) as response:
                self.xml(call, response.read(), classic=call not in OPEN_ONLY or not ok)
        return inner

    def xml(self, call, text, classic):
        self.counts["XML"] += 1
        try:
            ElementTree.fromstring(text)
        except ElementTree.ParseError as error:
            self.fault(call, "XML", str(error))
        if classic:
            path = pathlib.Path(self.folder.name) / f"{len(self.documents)}.xml"
            path.write_bytes(text)
            self.documents[str(path)] = call

    def validate_classic(self):
        self.counts["classic XML"] = len(self.documents)
        schema = str(self.spec / "subsonic-rest-api-1.16.1.xsd")
        paths = list(self.documents)
        for start in range(0, len(paths), 500):
            run = subprocess.run(["xmllint", "--noout", "--huge", "--schema", schema, *paths[start:start + 500]],
                                 capture_output=True, text=True, errors="replace", check=False)
            if run.returncode not in (0, 3, 4):
                self.fault("xmllint", "failed", run.stderr)
            for line in run.stderr.splitlines():
                path = line.split(":")[0]
                if path in self.documents and "validates" not in line[-12:]:
                    self.fault(self.documents[path], "classic XML", line.split(":", 2)[-1].strip())


def leaves(error):
    """Of alternatives, names the faults of the one that came closest."""
    if not error.context:
        return [error]
    groups = [list(group) for _, group in itertools.groupby(error.context, key=lambda inner: inner.schema_path[0])]
    best = min(groups, key=lambda group: (any(inner.absolute_path and inner.absolute_path[-1] == "status" for inner in group), len(group)))
    return [leaf for inner in best for leaf in leaves(inner)]


def walk(check):
    everything = [("query", '""'), ("songCount", 5000), ("albumCount", 5000), ("artistCount", 5000)]
    found = check.call("search3", *everything)["searchResult3"]
    songs, albums, artists = ([item["id"] for item in found[kind]] for kind in ("song", "album", "artist"))
    some = [("id", song) for song in songs[:100]]
    for call in ("star", "unstar", "star"):
        check.call(call, *some, *(("albumId", album) for album in albums[:50]), *(("artistId", artist) for artist in artists[:50]))
    for identifier in songs[:20] + albums[:20] + artists[:5]:
        check.call("setRating", ("id", identifier), ("rating", 4), once=True)
    check.call("setRating", ("id", songs[0]), ("rating", 5))
    check.call("scrobble", *some)
    check.call("scrobble", ("id", songs[0]), ("submission", "false"))
    check.call("savePlayQueueByIndex", *some, ("currentIndex", 0), ("position", 1000))
    check.call("getPlayQueueByIndex")
    check.call("savePlayQueue", *some, ("current", songs[0]), ("position", 1000))
    for name, comment in [("list", "text"), ("\x02\x1b\ufffe]]></x>", "</script>\x0b"), ("\u202e" + "n" * 2000, "enc:70")]:
        made = check.call("createPlaylist", ("name", name), *(("songId", song) for song in songs), once=True)["playlist"]
        check.call("updatePlaylist", ("playlistId", made["id"]), ("comment", comment), ("songIndexToRemove", 1), ("songIdToAdd", "tr-gone"))
        check.call("getPlaylist", ("id", made["id"]))
        check.call("createPlaylist", ("playlistId", made["id"]), ("songId", songs[0]))
    for song in songs[:20]:
        check.call("createBookmark", ("id", song), ("position", 5000), ("comment", "\x01]]>\U0001f600"))
    for call in PLAIN:
        check.call(call)
    for calls, identifiers in ((OF_SONG, songs), (OF_ALBUM, albums), (OF_ARTIST, artists)):
        for call in calls:
            for identifier in identifiers:
                check.call(call, ("id", identifier))
    check.call("getMusicDirectory", ("id", "0"))
    check.call("getIndexes", ("ifModifiedSince", 4_000_000_000_000))
    check.call("getUser", ("username", "tsp"))
    check.call("getLyrics", ("artist", "\x02<a>&"), ("title", "]]>"))
    check.call("getRandomSongs", ("size", 500))
    check.call("search2", *everything)
    check.call("search3", ("query", "a"))
    for artist in found["artist"]:
        check.call("getTopSongs", ("artist", artist["name"])) if artist["name"] else None
    for genre in check.call("getGenres")["genres"]["genre"]:
        check.call("getSongsByGenre", ("genre", genre["value"]), ("count", 500)) if genre["value"] else None
    for call in ("getAlbumList", "getAlbumList2"):
        for kind in LISTS:
            check.call(call, ("type", kind), ("size", 500))
        check.call(call, ("type", "byYear"), ("fromYear", 0), ("toYear", 9999), ("size", 500))
        check.call(call, ("type", "byGenre"), ("genre", "]]><x>&amp;<!--"), ("size", 500))
        check.call(call, ("type", "nonsense"), ok=False)
    for call in ("getSong", "getAlbum", "getArtist", "getMusicDirectory", "getPlaylist"):
        check.call(call, ("id", "nothing"), ok=False)
        check.call(call, ok=False)
    for call in ("createInternetRadioStation", "updateInternetRadioStation", "deleteInternetRadioStation"):
        check.call(call, ("id", "st-1"), ("name", "a"), ("streamUrl", "http://a/"), ok=False)
    for song in songs[:20]:
        check.call("deleteBookmark", ("id", song))
    for playlist in check.call("getPlaylists")["playlists"]["playlist"]:
        check.call("deletePlaylist", ("id", playlist["id"]), once=True)
    check.call("savePlayQueue")
    check.call("getPlayQueue")
    check.call("getPlayQueueByIndex")
    check.validate_classic()


def main():
    check = Check(*sys.argv[1:4])
    walk(check)
    for (call, kind, text), count in check.faults.most_common(MAX_SHOWN):
        print(f"{call}, {kind}, {count} times: {text}")
    print(f"{', '.join(f'{count} {kind}' for kind, count in check.counts.items())}: {sum(check.faults.values())} faults")
    sys.exit(1 if check.faults else 0)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main()
