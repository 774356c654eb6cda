"""Serves the demo city on loopback: one port, its hosts told apart by their Host header, and a book of who asked for what."""

from __future__ import annotations

import argparse
import socket
import sys
import threading
from collections import Counter
from contextlib import ExitStack, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from auditor.demo.answers import Answer, answer
from auditor.demo.city import PORTALS


class City:
    """The city while it is open. `night` may be changed at any time; requests answered from then on see the new night.

    `requests` counts (host, path with query as sent), `methods` the methods, `user_agents` holds every User-Agent seen and
    `max_in_flight` the most requests each host had to answer at the same time. Hosts the city does not have are counted too.
    """

    def __init__(self, night: int = 1, port: int = 0) -> None:
        self.night = night
        self.requests: Counter[tuple[str, str]] = Counter()
        self.methods: Counter[str] = Counter()
        self.user_agents: set[str] = set()
        self.max_in_flight: Counter[str] = Counter()
        self._in_flight: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._server = _Server(self, port)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="demo-city", daemon=True)

    @property
    def port(self) -> int:
        """The port on 127.0.0.1."""
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()

    def serve(self) -> None:
        """Serve until the person at the keyboard has seen enough."""
        self._thread.start()
        try:
            self._thread.join()
        except KeyboardInterrupt:
            self.__exit__(None, None, None)

    def asked(self, host: str, method: str, path: str, user_agent: str) -> None:
        """Write a request down as it arrives."""
        with self._lock:
            self.requests[host, path] += 1
            self.methods[method] += 1
            self.user_agents.add(user_agent)
            self._in_flight[host] += 1
            self.max_in_flight[host] = max(self.max_in_flight[host], self._in_flight[host])

    def answered(self, host: str) -> None:
        """Write down that a request has had its answer."""
        with self._lock:
            self._in_flight[host] -= 1


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, city: City, port: int) -> None:
        self.city = city
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End connections that are kept alive, so that their threads end too."""
        with self._open_lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A visitor that hangs up early is no error of the city."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 20  # an answer leaves in one piece
    server: _Server

    def do_GET(self) -> None:
        self._serve(body=True)

    def do_HEAD(self) -> None:
        self._serve(body=False)

    def do_POST(self) -> None:
        """The city keeps nothing; that it was asked to is written down."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        refusal = Answer(status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET, HEAD", "Content-Type": "text/plain; charset=utf-8"})
        self._serve(body=True, fixed=refusal)

    def _serve(self, *, body: bool, fixed: Answer | None = None) -> None:
        city = self.server.city
        host = self.headers.get("Host", "").partition(":")[0].lower()
        city.asked(host, self.command, self.path, self.headers.get("User-Agent", ""))
        with ExitStack() as in_flight:
            in_flight.callback(city.answered, host)
            self._send(fixed or answer(host, self.path, city.night), body, in_flight)

    def _send(self, reply: Answer, body: bool, in_flight: ExitStack) -> None:
        """Send the answer; it counts as in flight until its last byte, so that a visitor's next request is never counted beside it."""
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.send_header("Cache-Control", "no-store")
        content = reply.body if body else b""
        if content:
            self.end_headers()
            self.wfile.write(content[:-1])
            self.wfile.flush()
        in_flight.close()
        if content:
            self.wfile.write(content[-1:])
        else:
            self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: `City.requests` is the log."""


def main() -> None:
    """Serve the city for a person to look at."""
    parser = argparse.ArgumentParser(prog="python -m auditor.demo.server", description="在本机打开演示城市的各个网站，供人查看。")
    parser.add_argument("--port", type=int, default=18940, help="端口（默认 18940；0 表示任选空闲端口）")
    parser.add_argument("--night", type=int, default=1, help="第几晚（1 至 4，默认 1）")
    options = parser.parse_args()
    city = City(night=options.night, port=options.port)
    print(f"演示城市第 {options.night} 晚，端口 {city.port}，按 Ctrl+C 结束。用下面的参数启动 Chromium 即可打开各网站：")
    print(f'  chromium --host-resolver-rules="MAP *.demo.test:80 127.0.0.1:{city.port}"')
    for portal in PORTALS:
        print(f"  http://{portal.host}/  {portal.name}", flush=True)
    city.serve()


if __name__ == "__main__":
    main()
