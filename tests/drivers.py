"""WebDriver servers for tests: a chromedriver with an address of its own, and one that has no DevTools to offer."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from selenium.webdriver.common.utils import free_port

from crawlers.browsers.find import find_browser, find_driver


@contextmanager
def grid(folder: Path, *, cdp: bool = True, host: str = "127.0.0.1", walled: bool = False) -> Iterator[str]:
    """Address of a driver like one on another machine, which knows where its browser is; without `cdp` it knows no CDP commands.

    The browser of a walled one cannot reach the proxy that it is told to use.
    """
    port = free_port()
    command = [str(find_driver()), f"--port={port}"]
    with (folder / "driver.log").open("wb") as log:
        surroundings = {**os.environ, "TMPDIR": str(folder)}
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, env=surroundings)
    try:
        end = time.monotonic() + 20
        while sessions(port) != []:
            assert time.monotonic() < end and process.poll() is None, "chromedriver does not start"
            time.sleep(0.02)
        with forwarding(port, cdp=cdp, host=host, walled=walled) as front:
            yield f"http://{host}:{front}"
        end = time.monotonic() + 20
        while sessions(port) or group(process.pid) != [process.pid]:
            assert time.monotonic() < end, ("a session or its browser was left behind", sessions(port), told(group(process.pid)))
            time.sleep(0.02)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def group(leader: int) -> list[int]:
    """The running processes of a process group."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, _, number = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
            if int(number) == leader and state != "Z":
                found.append(int(entry.name))
    return found


def told(pids: list[int]) -> list[str]:
    """The command lines of processes."""
    lines = []
    for pid in pids:
        with suppress(OSError):
            lines.append(f"{pid} {Path(f'/proc/{pid}/cmdline').read_text()[:100]}".replace("\0", " "))
    return lines


def sessions(port: int) -> list[object] | None:
    """The sessions of the driver on a port, None where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    with suppress(OSError, http.client.HTTPException, ValueError), closing(connection):
        connection.request("GET", "/sessions")
        return list(json.load(connection.getresponse())["value"])
    return None


@contextmanager
def forwarding(port: int, *, cdp: bool, host: str, walled: bool) -> Iterator[int]:
    """The port of a server that passes on what it is asked to the driver on `port`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if "/cdp/" in self.path and not cdp:
                self.answer(404, b'{"value":{"error":"unknown command","message":"unknown command","stacktrace":""}}')
                return
            if self.path == "/session":
                wanted = json.loads(body)
                options = wanted["capabilities"]["alwaysMatch"]["goog:chromeOptions"]
                options["binary"] = str(find_browser())
                options["args"] += ["--proxy-server=http://127.0.0.1:9"] if walled else []
                body = json.dumps(wanted).encode()
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=100)) as connection:
                connection.request(self.command, self.path, body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                self.answer(answer.status, answer.read())

        do_POST = do_DELETE = do_GET

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
