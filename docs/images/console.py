#!/usr/bin/env python3
"""Makes docs/console.svg: runs the demo in a real terminal (tmux), types commands, and draws what the terminal shows.

usage: docs/images/console.py [PROGRAM...]   PROGRAM = the peer, by default dotnet run --project src/Peer --
"""
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[2]
COLUMNS, ROWS = 98, 24
CELL, LINE, SIZE, MARGIN = 8.43, 18, 14, 16
COLOURS = {31: "#f48771", 36: "#4ec9b0"}
TEXT, FADED, BACK = "#d4d4d4", "#8a8a8a", "#1e1e1e"

# What is typed, and what appears when the command is done.
SCRIPT = [
    ("list", "6 songs"),
    ("play lanterns", "▶ .* [0-9]+:[0-9]+ / "),
    ("queue all year:2023-2024 sort:title", "queued [0-9]+ songs"),
    ("clear", "brings them back"),
    ("undo", "the queue has .* again"),
    ("seek +9", "at 0:"),
]


class Terminal:
    """A tmux session with its own server. Both end with this object."""

    def __init__(self, command):
        self.socket = tempfile.mkdtemp(prefix="tsp-console-") + "/tmux"
        self.run("-f", "/dev/null", "new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), command)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.run("kill-server")

    def run(self, *arguments):
        return subprocess.run(["tmux", "-S", self.socket, *arguments], check=True, capture_output=True, text=True, timeout=10).stdout

    def type(self, line):
        self.run("send-keys", "-l", line)
        self.run("send-keys", "Enter")

    def wait_for(self, pattern):
        for _ in range(600):
            if re.search(pattern, self.run("capture-pane", "-p", "-J")):
                return
            time.sleep(0.1)
        raise SystemExit(f"the terminal never showed {pattern}:\n{self.run('capture-pane', '-p')}")

    def lines(self):
        return self.run("capture-pane", "-p", "-e").rstrip("\n").split("\n")


def width(text):
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def runs(line, style):
    """Yields the text, the column and the style of each part of a line with one style. The style carries over to the next line."""
    column, (bold, colour) = 0, style
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        if part.startswith("\x1b"):
            for code in (int(code or 0) for code in part[2:-1].split(";")):
                if code == 0:
                    bold, colour = False, TEXT
                elif code == 1:
                    bold = True
                elif code == 2:
                    colour = FADED
                elif code == 39:
                    colour = TEXT
                else:
                    colour = COLOURS.get(code, colour)
        elif part:
            yield part, column, bold, colour
            column += width(part)
    style[:] = bold, colour


def draw(line, style, y):
    """Draws a line. Each word has its own place, so that a font of another width cannot pull a table apart."""
    for text, column, bold, colour in runs(line, style):
        for match in re.finditer(r"[─━]+|[^─━ ]+(?: [^─━ ]+)*", text):
            x = MARGIN + (column + width(text[: match.start()])) * CELL
            if match[0][0] in "─━":
                for piece in re.finditer(r"─+|━+", match[0]):
                    left, thick = x + piece.start() * CELL, 3 if piece[0][0] == "━" else 1
                    yield (f'<rect x="{left:.1f}" y="{y - 4.5 - thick / 2:.1f}" width="{len(piece[0]) * CELL:.1f}" '
                           f'height="{thick}" fill="{colour}"/>')
                continue
            yield (f'<text x="{x:.1f}" y="{y}" xml:space="preserve"{" font-weight=" + chr(34) + "bold" + chr(34) if bold else ""}'
                   f'{"" if colour == TEXT else f" fill={chr(34)}{colour}{chr(34)}"}>{escape(match[0])}</text>')


def svg(lines):
    wide, high = round(2 * MARGIN + COLUMNS * CELL), 2 * MARGIN + len(lines) * LINE
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" role="img" '
           'aria-label="The console: list, play, queue, undo, and the now-playing line">')
    yield f'<rect width="{wide}" height="{high}" rx="8" fill="{BACK}"/>'
    yield f'<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="{SIZE}" fill="{TEXT}">'
    style = [False, TEXT]
    for number, line in enumerate(lines):
        yield from draw(line, style, MARGIN + 13 + number * LINE)
    yield "</g>"
    yield "</svg>"


def main():
    program = [*(sys.argv[1:] or ["dotnet", "run", "--project", str(ROOT / "src" / "Peer"), "--"]), "demo", "--audio", "null"]
    with tempfile.TemporaryDirectory(prefix="tsp-console-") as home:
        environment = f"env HOME={home} DOTNET_CLI_HOME={os.environ.get('HOME', home)} LANG=C.UTF-8 LC_ALL=C.UTF-8"
        with Terminal(f"cd {home} && {environment} {shlex.join(program)}") as terminal:
            terminal.wait_for("tsp>")
            terminal.wait_for("ready on")
            terminal.run("send-keys", "C-l")
            for line, shown in SCRIPT:
                terminal.type(line)
                terminal.wait_for(shown)
            time.sleep(1)
            lines = terminal.lines()
            terminal.type("quit")
    picture = "\n".join(svg(lines)) + "\n"
    (ROOT / "docs" / "console.svg").write_text(picture, encoding="utf-8")
    print(f"docs/console.svg: {len(lines)} lines, {len(picture)} bytes")


if __name__ == "__main__":
    main()
