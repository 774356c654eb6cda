"""What several tests need: the shared research material where it lies, small web servers, an audit of single addresses."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("AUDITOR_SHARED", Path(__file__).parents[2] / "shared"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselects the tests on shared material where it is absent, with one loud line."""
    wanting = [item for item in items if item.get_closest_marker("shared")]
    if wanting and not (SHARED / "realpages").is_dir():
        config.hook.pytest_deselected(items=wanting)
        items[:] = [item for item in items if item not in wanting]
        print(f"\n*** AUDITOR_SHARED names no research material: {len(wanting)} tests on it are left out ***")


@pytest.fixture
def shared() -> Path:
    """The folder of the shared research material."""
    return SHARED


Answer = tuple[int, dict[str, str], bytes]


class Web:
    """A web server on loopback whose answers a test writes down: `web[path] = body` or (status, headers, body)."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer] = {}
        self.asked: list[tuple[str, str]] = []
        book = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                book.asked.append((self.headers.get("Host", ""), self.path))
                status, headers, body = book.pages.get(self.path, (404, {}, b"nothing here"))
                self.send_response(status)
                for name, value in {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]

    def __setitem__(self, path: str, answer: str | Answer) -> None:
        self.pages[path] = (200, {}, answer.encode()) if isinstance(answer, str) else answer

    def url(self, path: str, host: str = "localhost") -> str:
        """The address of a page on this server."""
        return f"http://{host}:{self.port}{path}"


@pytest.fixture
def web() -> Iterator[Web]:
    """A web server for one test."""
    book = Web()
    thread = threading.Thread(target=book.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield book
    book.server.shutdown()
    book.server.server_close()
    thread.join()


@pytest.fixture
def see() -> Callable[..., object]:
    """Judges single addresses of loopback: see(url, ...) -> Run."""
    from auditor.pages import audit_pages

    def look(*addresses: str) -> object:
        return audit_pages(addresses, level=None, allow=("localhost", "127.0.0.1"), browser="playwright", tell=lambda _: None)

    return look
