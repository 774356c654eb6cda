"""What leaves a page once we have touched it, over https, by every way a page has of sending something."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from certificates import Authority
from playwright.async_api import async_playwright

from crawlers.browsers.find import find_browser, launch_flags
from crawlers.browsers.guard import Guard

pytestmark = pytest.mark.browser

WAYS = {
    "fetch": "fetch(to, {method: 'POST', body: 'x'})",
    "put": "fetch(to, {method: 'PUT', body: 'x'})",
    "delete": "fetch(to, {method: 'DELETE'})",
    "keepalive": "fetch(to, {method: 'POST', keepalive: true, body: 'x'})",
    "beacon": "navigator.sendBeacon(to, 'x')",
    "xhr": "{const x = new XMLHttpRequest(); x.open('POST', to); x.send('x')}",
    "frame": "form(to, 'inner')",
    "window": "form(to, '_blank')",
    "worker": "new Worker(URL.createObjectURL(new Blob([`fetch('${to}', {method: 'POST', mode: 'no-cors'})`])))",
    "shared": "if (self.SharedWorker) new SharedWorker(`data:text/javascript,fetch('${to}', {method: 'POST', mode: 'no-cors'})`)",
    "inside": "frames.quiet.fetch(to, {method: 'POST', body: 'x'})",
    "get": "fetch(to)",
    "head": "fetch(to, {method: 'HEAD'})",
}
SAFE = {"get", "head"}
CLOSED = {"shared"}  # a way that no page has with us

PAGE = f"""<!DOCTYPE html><html lang="zh-CN"><title>提交</title>
<iframe name="inner" src="/inner"></iframe><iframe name="quiet" src="/quiet"></iframe><script>
function form(to, target) {{
  const form = document.body.appendChild(document.createElement("form"));
  form.method = "POST"; form.action = to; form.target = target; form.submit();
}}
function send(when) {{ {"".join(f"{{ const to = location.origin + '/{way}-' + when; {script}; }}" for way, script in WAYS.items())} }}
</script>"""


class Site(ThreadingHTTPServer):
    """Notes the method and path of everything that arrives over https."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        made = Authority(folder).issue("localhost")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made.certificate, made.key)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.seen: set[str] = set()
        self.url = f"https://localhost:{self.server_address[1]}/"

    def arrived(self, when: str) -> set[str]:
        """The ways by which something arrived."""
        return {way for way in WAYS if f"/{way}-{when}" in self.seen}


class Handler(BaseHTTPRequestHandler):
    """Answers everything with the page."""

    protocol_version = "HTTP/1.1"
    server: Site

    def do_GET(self) -> None:
        self.server.seen.add(self.path)
        self.rfile.read(int(self.headers.get("content-length", 0)))
        body = PAGE.encode() if self.path == "/" else b"<!DOCTYPE html><title>-</title>"
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_POST = do_PUT = do_DELETE = do_GET

    def log_message(self, *_: object) -> None:
        """Nothing is written to the terminal."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_only_safe_methods_leave_a_page_that_we_have_touched(site: Site) -> None:
    flags = [*launch_flags("http://localhost"), "--ignore-certificate-errors"]

    async def attempt() -> list[str]:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=find_browser(), args=flags)
            context = await browser.new_context(service_workers="block")
            guard, page, beside = Guard(context), await context.new_page(), await context.new_page()
            await guard.prepare()
            for opened in (page, beside):
                guard.free(opened)
                await opened.goto(site.url)
            await page.evaluate("send('untouched')")
            await until(lambda: site.arrived("untouched") == set(WAYS) - CLOSED)
            await guard.hold(page)
            await page.evaluate("send('touched')")
            await until(lambda: site.arrived("touched") >= SAFE and len(guard.held) >= len(WAYS) - len(SAFE | CLOSED))
            await beside.evaluate("fetch('/fetch-beside', {method: 'POST'})")
            await until(lambda: "/fetch-beside" in site.seen)
            held = list(guard.held)
            await page.evaluate("for (const each of [self, frames.quiet]) each.addEventListener('pagehide', () => send('leaving'))")
            await guard.silence(page)
            await page.close()
            await guard.release(page)
            await beside.evaluate("fetch('/fetch-later', {method: 'POST'})")
            await until(lambda: "/fetch-later" in site.seen)
            await browser.close()
            return held

    held = asyncio.run(asyncio.wait_for(attempt(), 60))
    assert site.arrived("touched") == SAFE
    assert site.arrived("leaving") <= SAFE
    assert sorted(told.rpartition("/")[2].partition("-")[0] for told in held) == sorted(set(WAYS) - SAFE - CLOSED)
    assert all(told.split(" ")[0] in ("POST", "PUT", "DELETE") for told in held)


async def until(holds: Callable[[], bool]) -> None:
    """Waits until something holds; the caller's limit ends it."""
    async with asyncio.timeout(15):
        while not holds():
            await asyncio.sleep(0.05)
