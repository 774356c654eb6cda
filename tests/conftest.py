"""What several tests need: the shared research material where it lies, small web servers, an audit of single addresses."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from auditor.model import Category, Network, Order, Profile, Run, Site, Target

SHARED = Path(os.environ.get("AUDITOR_SHARED", Path(__file__).parents[2] / "shared"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselects the tests on shared material where it is absent, with one loud line."""
    wanting = [item for item in items if item.get_closest_marker("shared")]
    if wanting and not (SHARED / "realpages").is_dir():
        config.hook.pytest_deselected(items=wanting)
        items[:] = [item for item in items if item not in wanting]
        print(f"\n*** AUDITOR_SHARED names no research material: {len(wanting)} tests on it are left out ***")
    from crawlers.browsers.find import find_driver

    if find_driver() is None:
        print("\n*** no chromedriver on this machine: the tests of browser: selenium are left out (Debian: chromium-driver) ***")


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

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.do_GET()

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


@contextmanager
def serving(book: Web) -> Iterator[Web]:
    """Lets a web server answer for as long as it is needed."""
    thread = threading.Thread(target=book.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield book
    finally:
        book.server.shutdown()
        book.server.server_close()
        thread.join()


@pytest.fixture
def web() -> Iterator[Web]:
    """A web server for one test."""
    with serving(Web()) as book:
        yield book


def needs_driver() -> None:
    """Leaves a test out where there is no chromedriver, which bin/setup installs where it can."""
    from crawlers.browsers.find import find_driver

    if find_driver() is None:
        pytest.skip("there is no chromedriver on this machine")


@pytest.fixture(scope="session")
def plain_driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a WebDriver server that has no DevTools to offer."""
    from drivers import grid

    needs_driver()
    with grid(tmp_path_factory.mktemp("driver"), cdp=False) as address:
        yield address


@pytest.fixture
def see() -> Callable[..., Run]:
    """Judges single addresses of loopback: see(url, ...) -> Run."""
    return seeing("playwright")


def seeing(browser: str, *, profile: Profile = Profile.STATIC, **network: Any) -> Callable[..., Run]:
    """The same through a browser of this name."""
    from auditor.audit import audit

    return lambda *addresses: audit(order(*addresses, browser=browser, profile=profile, **network), lambda _: None)


def order(*addresses: str, browser: str, profile: Profile = Profile.STATIC, **network: Any) -> Order:
    """What `auditor page` asks for, of addresses on loopback."""
    site = Site(id="page", name="", url=addresses[0], category=Category.OTHER, region="", owner="")
    return Order(
        target=Target(site=site, pages=addresses, delay=0.0, browser=browser, profile=profile), round="page", now=datetime.now(UTC),
        level=None, crawl=False, evidence=False, network=Network(**{"allow": ("localhost", "127.0.0.1"), **network}),
    )  # fmt: skip
