#!/usr/bin/env python3
"""Opens the gateway's page in Chromium with an empty profile, and prints when its first view was there and complete.

  first_page.py URL [RUNS=5]

The gateway must need no key (tsp.peer.http.auth = none), as that of "gateway-library N serve". Times are in ms from the beginning of the
navigation: the heading of the first view, its first album, and the last response that belongs to it. Needs chromium.
"""
import base64, json, os, shutil, socket, statistics, struct, subprocess, sys, tempfile, time, urllib.request

WATCH = """
window.seen = {};
new MutationObserver(() => {
  if (!seen.heading && document.querySelector('#main h1')) seen.heading = performance.now();
  if (!seen.album && document.querySelector('#main .grid > *')) seen.album = performance.now();
}).observe(document, { childList: true, subtree: true });
"""
READ = "JSON.stringify({ ...seen, last: Math.max(...performance.getEntriesByType('resource').map(each => each.responseEnd)) })"


class Browser:
    """One Chromium and its only tab, over the DevTools protocol."""

    def __init__(self):
        self.profile = tempfile.mkdtemp()
        self.process = subprocess.Popen(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", f"--user-data-dir={self.profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        port_file = os.path.join(self.profile, "DevToolsActivePort")
        for _ in range(300):
            if os.path.exists(port_file) and len(open(port_file).read().split("\n")) > 1:
                break
            time.sleep(0.1)
        port = int(open(port_file).readline())
        pages = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json"))
        path = next(page for page in pages if page["type"] == "page")["webSocketDebuggerUrl"].split(str(port), 1)[1]
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.sendall((f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        self.file = self.socket.makefile("rb")
        while self.file.readline().strip():
            pass
        self.number = 0

    def call(self, method, **parameters):
        self.number += 1
        message = json.dumps({"id": self.number, "method": method, "params": parameters}).encode()
        length = bytes([0x80 | len(message)]) if len(message) < 126 else bytes([0xFE]) + struct.pack(">H", len(message))
        self.socket.sendall(b"\x81" + length + bytes(4) + message)
        while True:
            head = self.file.read(2)
            size = head[1] & 127
            size = struct.unpack(">H", self.file.read(2))[0] if size == 126 else struct.unpack(">Q", self.file.read(8))[0] if size == 127 else size
            reply = json.loads(self.file.read(size))
            if reply.get("id") == self.number:
                return reply.get("result", reply)

    def close(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


def visit(url):
    browser = Browser()
    try:
        browser.call("Page.enable")
        browser.call("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        browser.call("Page.navigate", url=url)
        time.sleep(4)
        return json.loads(browser.call("Runtime.evaluate", expression=READ)["result"]["value"])
    finally:
        browser.close()


url, runs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
seen = [visit(url) for _ in range(runs)]
for what in ("heading", "album", "last"):
    times = sorted(each.get(what, float("inf")) for each in seen)
    print(f"{what:8} median {statistics.median(times):6.0f} ms, worst {times[-1]:6.0f} ms")
