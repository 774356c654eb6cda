"""From a hostile page nothing is reached but the places that are allowed, whatever a browser can be talked into trying."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from conftest import needs_driver, seeing
from loopback import run

from auditor.model import Network, Run, State
from crawlers.browsers import chromium as starting
from crawlers.browsers.find import browsers, launch_flags
from crawlers.egress import Egress
from crawlers.routes import Routes, Unreachable

HOST = "hostile.localhost"  # trusted by browsers like https, so that nothing is out of its reach for that
PATIENCE = 4.0  # seconds for a page to try everything


class Canary:
    """One port number on every loopback address, TCP and UDP, where nobody is allowed to knock."""

    def __init__(self) -> None:
        self.knocks: list[str] = []
        self.port, self._opened, sockets = _same_port_everywhere()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._listen, args=[one], daemon=True) for one in sockets]

    def __enter__(self) -> Canary:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._opened.close()

    def _listen(self, one: socket.socket) -> None:
        one.settimeout(0.1)
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                if one.type == socket.SOCK_DGRAM:
                    data, sender = one.recvfrom(2000)
                    self.knocks.append(f"udp {one.getsockname()} {sender} {data[:40]!r}")
                else:
                    connection, sender = one.accept()
                    connection.close()
                    self.knocks.append(f"tcp {one.getsockname()} {sender}")


def _same_port_everywhere() -> tuple[int, contextlib.ExitStack, list[socket.socket]]:
    """Sockets for TCP and UDP on 127.0.0.1 and, where this machine has it, on ::1, all at one port."""
    addresses = [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
    for attempt in range(50):
        port, opened, found = 0, contextlib.ExitStack(), list[socket.socket]()
        try:
            for family, address in addresses[: 1 if attempt >= 25 else 2]:
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    one = opened.enter_context(socket.socket(family, kind))
                    found.append(one)
                    one.bind((address, port))
                    port = one.getsockname()[1]
                    if kind == socket.SOCK_STREAM:
                        one.listen(50)
            return port, opened, found
        except OSError:  # taken by somebody, or no such address here
            opened.close()
    raise AssertionError("no port is free for both")


class Hostile:
    """The server of the hostile page: `pages`, redirects at /to?ADDRESS, and a picture that keeps the page loading until it is done."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.asked: list[str] = []
        self.done = threading.Event()
        book = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path, _, query = self.path.partition("?")
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                book.asked.append(self.path)
                if path == "/done":
                    book.done.set()
                elif path == "/hold":
                    book.done.wait(PATIENCE + 4)
                away = {"Location": quote(unquote(query), safe=":/[]?=%")}
                headers = away if path == "/to" else {"Content-Type": "text/html; charset=utf-8"}
                body = book.pages.get(path, "").encode()
                self.send_response(307 if path == "/to" else 200)
                for name, value in {**headers, "Content-Length": str(len(body)), "Access-Control-Allow-Origin": "*"}.items():
                    self.send_header(name, value)
                with contextlib.suppress(OSError):
                    self.end_headers()
                    self.wfile.write(body)

            do_POST = do_OPTIONS = do_HEAD = do_GET

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Hostile:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.done.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def network(self) -> dict[str, Any]:
        """The only place that may be reached."""
        return {"allow": (), "resolve": {f"{HOST}:80": f"127.0.0.1:{self._server.server_address[1]}"}}

    def see(self, browser: str, *paths: str) -> Run:
        seen: Run = seeing(browser, **self.network())(*(f"http://{HOST}{path}" for path in paths))
        return seen


@pytest.fixture
def canary() -> Iterator[Canary]:
    with Canary() as one:
        yield one


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    with Hostile() as one:
        yield one


def places(port: int) -> list[str]:
    """Spellings of places that are not public: loopback in every dress, private and link-local networks, metadata of clouds."""
    names = [
        "127.0.0.1", "localhost", "localhost.", "x.localhost", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0.0.0.0", "[::1]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", socket.gethostname(),
        "１２７.0.0.1", HOST,
    ]  # fmt: skip
    return [*(f"{name}:{port}" for name in names), "169.254.169.254", "10.0.0.1", f"192.168.1.1:{port}", "[fe80::1]", "[fd00::1]"]


def some_places(port: int) -> list[str]:
    """Those that a browser does not take for one another."""
    names = ["127.0.0.1", "localhost", "x.localhost", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", socket.gethostname(), HOST]
    return [f"{name}:{port}" for name in names]


TRY_EVERYTHING = """
const port = %(port)d, tried = [];
const put = (tag, values) => document.body.append(Object.assign(document.createElement(tag), values));
const quietly = (work) => { try { const made = work(); tried.push(made); return made; } catch (error) { return error; } };
const later = (promise) => quietly(() => Promise.resolve(promise).catch(() => {}));
const both = (places) => places.flatMap((place) => [`http://${place}/`, `https://${place}/`]);
const every = both(%(some)s), spelled = both(%(places)s);
for (const url of [...spelled, ...spelled.map((url) => `/to?${encodeURIComponent(url)}`)]) {
  quietly(() => put("img", {src: url + (url.startsWith("/to") ? "" : "img")}));
  quietly(() => later(fetch(url, {mode: "no-cors", method: "POST", body: "secret", keepalive: true})));
}
for (const url of every) {
  const kinds = {
    script: {src: url}, link: {rel: "stylesheet", href: url}, iframe: {src: url}, object: {data: url}, embed: {src: url}, audio: {src: url},
    video: {src: url, poster: url + "poster"}, input: {type: "image", src: url},
  };
  for (const [tag, values] of Object.entries(kinds)) quietly(() => put(tag, values));
  for (const rel of ["prefetch", "preconnect", "dns-prefetch", "preload", "modulepreload", "prerender", "icon", "manifest"])
    quietly(() => put("link", {rel, href: url, as: "image"}));
  quietly(() => put("div", {style: `background: url("${url}css")`}));
  quietly(() => new EventSource(url));
  quietly(() => navigator.sendBeacon(url, "secret"));
  quietly(() => new WebSocket(url.replace("http", "ws")));
  quietly(() => later(new WebTransport(url.replace("http:", "https:")).ready));
  quietly(() => { const asked = new XMLHttpRequest(); asked.open("PUT", url); asked.send("secret"); });
  quietly(() => later(import(url)));
  quietly(() => new SharedWorker(`data:text/javascript,fetch("${url}", {mode: "no-cors"})`));
}
const rules = {prefetch: [{urls: every}], prerender: [{urls: every}]};
quietly(() => put("script", {type: "speculationrules", textContent: JSON.stringify(rules)}));
quietly(() => put("style", {textContent: every.map((url, n) => `@import "${url}";`).join("") +
  every.map((url, n) => `@font-face {font-family: f${n}; src: url("${url}")}`).join("")}));
const worker = `const every = ${JSON.stringify(every)}; for (const url of every) {
  fetch(url, {mode: "no-cors"}).catch(() => {});
  try { new WebSocket(url.replace("http", "ws")) } catch {}
  try { importScripts(url) } catch {} }`;
quietly(() => new Worker(URL.createObjectURL(new Blob([worker]))));
quietly(() => later(navigator.serviceWorker.register("/worker.js")));
for (const url of [every[0], "file:///etc/hostname", "chrome://settings/", "view-source:" + every[0], "ftp://127.0.0.1:" + port + "/"]) {
  quietly(() => put("iframe", {src: url}));
  quietly(() => window.open(url));
  quietly(() => { const form = Object.assign(document.createElement("form"), {action: url, method: "post", target: "_blank"});
    document.body.append(form); form.submit(); });
}
const hosts = ["127.0.0.1", "[::1]", "localhost", "%(machine)s"];
const servers = hosts.flatMap((host) => [
  {urls: `stun:${host}:${port}`},
  ...["udp", "tcp"].map((way) => ({urls: `turn:${host}:${port}?transport=${way}`, username: "u", credential: "c"})),
  {urls: `turns:${host}:${port}?transport=tcp`, username: "u", credential: "c"},
]);
const talk = async () => {
  const [one, two] = [0, 1].map(() => new RTCPeerConnection({iceServers: servers, iceCandidatePoolSize: 4}));
  one.createDataChannel("x");
  await one.setLocalDescription(await one.createOffer());
  await two.setRemoteDescription(one.localDescription);
  await two.setLocalDescription(await two.createAnswer());
  await one.setRemoteDescription(two.localDescription);
  for (const peer of [one, two]) for (const host of ["127.0.0.1", "::1", "localhost"])
    for (const way of ["udp 2122260223", "tcp 1518280447"]) {
      const candidate = `candidate:1 1 ${way} ${host} ${port} typ host${way.startsWith("tcp") ? " tcptype passive" : ""}`;
      await peer.addIceCandidate({candidate, sdpMid: "0", sdpMLineIndex: 0}).catch(() => {});
    }
  await new Promise((done) => setTimeout(done, 2500));
};
quietly(() => later(talk()));
Promise.race([Promise.allSettled(tried), new Promise((done) => setTimeout(done, %(patience)d))]).then(() => fetch("/done"));
"""


def the_page(port: int) -> str:
    script = TRY_EVERYTHING % {
        "places": json.dumps(places(port)), "some": json.dumps(some_places(port)), "port": port, "patience": PATIENCE * 1000,
        "machine": socket.gethostname(),
    }  # fmt: skip
    return f'<!doctype html><html lang="zh"><title>来者不善</title><body><h1>来者不善</h1><img src="/hold"><script>{script}</script>'


def test_the_canary_hears_every_knock(canary: Canary) -> None:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as knocking:
            knocking.connect(("127.0.0.1", canary.port))
            if kind == socket.SOCK_DGRAM:
                knocking.send(b"x")
    end = time.monotonic() + 5
    while len(canary.knocks) < 2:
        assert time.monotonic() < end, canary.knocks
        time.sleep(0.01)


@pytest.fixture(params=["the first browser", "a full browser"])
def chromium(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The two kinds of Chromium do not know the same flags."""
    if request.param == "a full browser":
        full = next((path for path in browsers() if "headless" not in path.name), None)
        if full is None:
            pytest.skip("there is no full browser on this machine")
        monkeypatch.setenv("AUDITOR_BROWSER", str(full))
    return str(request.param)


@pytest.mark.browser
@pytest.mark.slow  # a page that does its worst needs a machine to itself
@pytest.mark.parametrize("browser", ["playwright", "selenium"])
def test_whatever_a_page_tries_it_reaches_nothing(
    browser: str, chromium: str, canary: Canary, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    if browser == "selenium":
        needs_driver()
    hostile.pages["/"] = the_page(canary.port)
    asked: list[Egress] = []

    class Noted(Egress):
        async def __aexit__(self, *exc: object) -> None:
            asked.append(self)
            await super().__aexit__(*exc)

    monkeypatch.setattr("auditor.audit.Egress", Noted)
    told = hostile.see(browser, "/")
    (page,) = told.coverage
    assert hostile.done.is_set() and canary.knocks == []
    assert page.state is State.AUDITED or browser == "selenium", page.reason  # whose full browser may drown in its own messages
    tried = {"127.0.0.1", "localhost", "x.localhost", "0.0.0.0", "::1", "::ffff:7f00:1", "64:ff9b::7f00:1", "10.0.0.1", "169.254.169.254"}
    assert tried <= asked[0].denied.keys() and told.requests.keys() == {HOST}, (asked[0].denied, told.requests)


@pytest.mark.browser
@pytest.mark.parametrize("chromium", ["a full browser"], indirect=True)
def test_the_browser_asks_for_no_name_by_itself(
    chromium: str, hostile: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page tells what it knows to anybody's name server by the names it makes the browser ask for."""
    log = tmp_path / "net.json"
    monkeypatch.setattr(starting, "launch_flags", lambda proxy: [*launch_flags(proxy), f"--log-net-log={log}"])
    hints = "".join(f'<link rel="{rel}" href="//secret-{rel}.invalid/">' for rel in ("dns-prefetch", "preconnect", "prefetch"))
    talk = "new RTCPeerConnection({iceServers: [{urls: 'stun:secret-stun.invalid'}]}).createDataChannel('x')"
    hostile.pages["/"] = f'<!doctype html><html lang="zh"><title>密</title>{hints}<script>{talk}</script><h1>密</h1>'
    hostile.see("playwright", "/")
    told = log.read_text(errors="replace")
    assert "secret-prefetch.invalid" in told, "the log does not tell what the browser did"
    names = set(re.findall('"host":"(https?://[^"]*)"', told))
    assert names and all("~notfound" in name or "127.0.0.1" in name for name in names), names


LEAVING: dict[str, tuple[str, State]] = {
    "/to?http%3A%2F%2F127.0.0.1%3A{port}%2F": ("", State.DENIED_BY_EGRESS),
    "/to?http%3A%2F%2F[%3A%3Affff%3A127.0.0.1]%3A{port}%2F": ("", State.DENIED_BY_EGRESS),
    "/to?file%3A%2F%2F%2Fetc%2Fhostname": ("", State.DENIED_BY_EGRESS),
    "/refresh": ('<meta http-equiv="refresh" content="0;url=http://localhost:{port}/">', State.DENIED_BY_EGRESS),
    "/location": ("<script>location.href = 'http://2130706433:{port}/'</script>", State.DENIED_BY_EGRESS),
    "/form": (
        '<form method="post" action="http://0x7f.1:{port}/"><input name="a" value="secret"></form>'
        "<script>document.forms[0].submit()</script>",
        State.DENIED_BY_EGRESS,
    ),
    "/frame": ('<iframe src="http://127.0.0.1:{port}/"></iframe><iframe src="file:///etc/hostname"></iframe>', State.AUDITED),
    "/refresh-file": ('<meta http-equiv="refresh" content="0;url=file:///etc/hostname">', State.AUDITED),
    "/file": ("<script>location.href = 'file:///etc/hostname'</script>", State.AUDITED),
    "/chrome": ("<script>location.href = 'chrome://version/'</script>", State.AUDITED),
}
"""What a page does to make the browser go elsewhere, and what becomes of it: it is refused, or it stays and is judged itself."""


@pytest.mark.browser
@pytest.mark.parametrize("browser", ["playwright", "selenium"])
def test_no_way_of_leaving_a_page_leads_there(browser: str, canary: Canary, hostile: Hostile) -> None:
    if browser == "selenium":
        needs_driver()
    def here(text: str) -> str:
        return text.replace("{port}", str(canary.port))

    for path, (body, _) in LEAVING.items():
        hostile.pages[path] = f'<!doctype html><html lang="zh"><title>请稍候</title><body><h1>请稍候</h1>{here(body)}'
    run = hostile.see(browser, *map(here, LEAVING))
    assert canary.knocks == []
    assert [(path, entry.state) for path, entry in zip(LEAVING, run.coverage, strict=True)] == [
        (path, state) for path, (_, state) in LEAVING.items()
    ]
    assert {entry.title for entry in run.coverage if entry.state is State.AUDITED} == {"请稍候"}


def test_a_name_that_changes_to_a_private_address_afterwards_changes_nothing() -> None:
    """DNS rebinding: the first answer is public and checked, the second one would lead to ourselves."""
    answers = [("93.184.216.34", "127.0.0.1"), ("127.0.0.1",)]

    async def lookup(host: str) -> tuple[str, ...]:
        return answers.pop(0)

    async def story() -> None:
        routes = Routes(Network(), 5, lookup)
        assert [await routes.way("rebinding.test", 80) for _ in range(2)] == [(("93.184.216.34",), 80)] * 2
        with pytest.raises(Unreachable) as refused:
            await routes.way("private.test", 80)
        assert refused.value.state is State.DENIED_BY_EGRESS and answers == []

    run(story())
