#!/usr/bin/env python3
"""Prints the tags that mutagen reads from the files in a folder.

usage: mutagen_tags.py FOLDER      one JSON object: the name of each file, and for each field that it has, the list of values
"""
import json
import os
import sys

from mutagen.apev2 import APEv2
from mutagen.id3 import ID3, ID3NoHeaderError

FIELDS = {
    "title": ("TIT2", "Title"),
    "artist": ("TPE1", "Artist"),
    "album": ("TALB", "Album"),
    "albumArtist": ("TPE2", "Album Artist"),
    "track": ("TRCK", "Track"),
    "disc": ("TPOS", "Disc"),
    "year": ("TDRC", "Year"),
    "genre": ("TCON", "Genre"),
}


def values(path):
    try:
        # mutagen turns the frames of older versions and ID3v1 into those of version 2.4.
        tag = ID3(path)
        return {
            field: [str(value) for value in (tag[frame].genres if field == "genre" else tag[frame].text)]
            for field, (frame, _) in FIELDS.items()
            if frame in tag
        }
    except ID3NoHeaderError:
        tag = APEv2(path)
        return {field: list(tag[key]) for field, (_, key) in FIELDS.items() if key in tag}


folder = sys.argv[1]
print(json.dumps({name: values(os.path.join(folder, name)) for name in sorted(os.listdir(folder))}))
