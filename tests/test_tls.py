"""Why no secure connection was made: told from the certificate and the handshake of real servers on loopback."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from certificates import Authority, Certificate
from loopback import run

from auditor.model import Category, Network, Order, Profile, Site, State, Target
from crawlers.browsers.http import Fetcher
from crawlers.browsers.playwright import PlaywrightBrowser
from crawlers.crawl import crawl
from crawlers.egress import Egress
from crawlers.routes import Routes
from crawlers.tls import BEIJING, diagnose, tlcp_hello

Talk = Callable[[socket.socket], None]
SERVER_HELLO = bytes.fromhex("160101002a020000260101") + bytes(32) + b"\0" + bytes.fromhex("e01300")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def secure(certificate: Certificate, *, newest: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    """A server's side; `newest` is the newest protocol it knows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    if newest is not None:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = newest
    return context


def quiet(peer: socket.socket) -> None:
    peer.recv(1)


@contextlib.contextmanager
def serving(talk: Talk, context: ssl.SSLContext | None) -> Iterator[str]:
    """A server, one thread for each connection; yields its place."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(10)
            with contextlib.suppress(OSError):  # handshakes that fail are what is tested here
                peer = context.wrap_socket(self.request, server_side=True) if context else self.request
                with peer:
                    talk(peer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def told(context: ssl.SSLContext | None = None, *, talk: Talk = quiet, host: str = "site.test", certificate: bool = True) -> str | None:
    """The diagnosis of a server that is site.test:443 to us, by the checked way."""
    with serving(talk, context) as place:
        resolve = {"site.test:443": place, "*.site.test:443": place, "127.0.0.1:443": place}
        return run(diagnose(host, 443, Routes(Network(resolve=resolve), 3.0), certificate=certificate))


def day(offset: int) -> str:
    date = datetime.now(BEIJING) + timedelta(days=offset)
    return f"{date.year} 年 {date.month} 月 {date.day} 日"


# ---------------------------------------------------------------------------------------------- certificates


def test_an_expired_certificate_is_told_with_its_date(authority: Authority) -> None:
    assert told(secure(authority.issue("site.test", days=(-90, -3)))) == f"网站的证书已于 {day(-3)}过期"


def test_a_certificate_of_tomorrow_is_told_with_its_date(authority: Authority) -> None:
    assert told(secure(authority.issue("site.test", days=(5, 90)))) == f"网站的证书要到 {day(5)}才生效"


def test_a_certificate_for_somebody_else_is_told_with_both_names(authority: Authority) -> None:
    context = secure(authority.issue("other.test", san="DNS:other.test,DNS:*.other.test"))
    assert told(context) == "网站的证书是发给 other.test、*.other.test 的，与 site.test 不符"


def test_wildcards_cover_one_label_and_addresses_are_names_too(authority: Authority) -> None:
    wild = secure(authority.issue("wild", san="DNS:*.site.test,IP:127.0.0.1"))
    assert "不是由浏览器信任的机构签发" in str(told(wild, host="a.site.test"))
    assert "不是由浏览器信任的机构签发" in str(told(wild, host="127.0.0.1"))
    assert "与 a.b.site.test 不符" in str(told(wild, host="a.b.site.test"))
    assert "与 site.test 不符" in str(told(wild))


def test_a_certificate_without_any_name_fits_nobody(authority: Authority) -> None:
    assert told(secure(authority.issue("site.test", san="none"))) == "网站的证书没有写明域名，不能用于 site.test"


def test_a_self_signed_certificate_is_called_so(authority: Authority) -> None:
    assert told(secure(authority.issue("site.test", itself=True))) == "网站的证书是自己签发的，浏览器不信任"


def test_an_unknown_issuer_is_named(authority: Authority) -> None:
    reason = told(secure(authority.issue("site.test", days=(-2, 20))))
    assert reason == "网站的证书不是由浏览器信任的机构签发的，或者缺少中间证书（签发者：测试签发机构）"


def test_without_its_certificate_a_working_handshake_is_nothing_to_tell(authority: Authority) -> None:
    assert told(secure(authority.issue("site.test", days=(-90, -3))), certificate=False) is None


# ---------------------------------------------------------------------------------------------- handshakes


@pytest.mark.parametrize(("newest", "name"), [("TLSv1", "TLS 1.0"), ("TLSv1_1", "TLS 1.1")])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_protocols_that_browsers_gave_up_are_named(authority: Authority, newest: str, name: str) -> None:
    context = secure(authority.issue("site.test"), newest=ssl.TLSVersion[newest])
    assert told(context) == f"网站只支持过旧的安全协议（{name}），浏览器不再接受"


def only_tlcp(peer: socket.socket) -> None:
    """A server of GB/T 38636-2020: answers its ClientHello with a ServerHello, any other with an alert."""
    hello = peer.recv(4096)
    kind, version, _ = struct.unpack("!BHH", hello[:5])
    suites = hello[44 + hello[43] :]
    agreed = (kind, version, hello[5], hello[9:11]) == (22, 0x0101, 1, b"\x01\x01") and b"\xe0\x13" in suites
    peer.sendall(SERVER_HELLO if agreed else b"\x15\x01\x01\x00\x02\x02\x46")


def test_a_host_that_speaks_only_the_national_protocol_is_recognised() -> None:
    sentence = "网站只支持国密安全协议（TLCP），通用浏览器无法连接；请网站同时提供通用的 HTTPS"
    assert told(talk=only_tlcp) == sentence
    assert told(talk=only_tlcp, certificate=False) == sentence


def test_a_national_host_that_hangs_up_on_others_is_recognised_too() -> None:
    def talk(peer: socket.socket) -> None:
        if peer.recv(4096)[9:11] == b"\x01\x01":
            peer.sendall(SERVER_HELLO)

    assert "国密" in str(told(talk=talk))


def test_an_echo_of_our_own_hello_is_no_national_protocol() -> None:
    reason = told(talk=lambda peer: peer.sendall(peer.recv(4096)))
    assert reason and "国密" not in reason


def test_our_national_hello_is_well_formed() -> None:
    hello = tlcp_hello()
    kind, version, length = struct.unpack("!BHH", hello[:5])
    assert (kind, version, length) == (22, 0x0101, len(hello) - 5)
    assert hello[5] == 1 and int.from_bytes(hello[6:9]) == len(hello) - 9
    assert hello[9:11] == b"\x01\x01" and hello[43] == 0
    assert hello[44:46] == b"\x00\x08" and hello[-2:] == b"\x01\x00"
    assert tlcp_hello() != hello


@pytest.mark.parametrize("reset", [True, False])
def test_a_connection_cut_in_the_handshake_is_told(reset: bool) -> None:
    def talk(peer: socket.socket) -> None:
        peer.recv(4096)
        if reset:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    assert told(talk=talk) == "网站在建立安全连接（TLS 握手）时断开"


def test_a_host_without_any_tls_on_its_port_is_told() -> None:
    def talk(peer: socket.socket) -> None:
        peer.recv(4096)
        peer.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        peer.recv(4096)

    assert told(talk=talk) == "网站在这个端口上没有提供安全连接（HTTPS）"


def test_a_silent_host_does_not_hold_the_diagnosis_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawlers.tls.STEP", 0.3)

    def talk(peer: socket.socket) -> None:
        while peer.recv(4096):
            pass

    begun = time.monotonic()
    assert "没有回答" in str(told(talk=talk))
    assert time.monotonic() - begun < 4


@pytest.mark.parametrize("host", ["127.0.0.2", "localhost", "nobody.invalid"])
def test_where_we_may_not_go_nothing_is_asked(host: str) -> None:
    assert run(diagnose(host, 443, Routes(Network(), 3.0))) is None


# ---------------------------------------------------------------------------------------------- as the ledger tells it


def cut(peer: socket.socket) -> None:
    peer.recv(4096)


def page(peer: socket.socket) -> None:
    peer.recv(65536)
    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<!DOCTYPE html><title>x</title><h1>x</h1>")


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_the_ledger_tells_apart_why_a_browser_was_not_let_in(authority: Authority) -> None:
    kinds: dict[str, tuple[Talk, ssl.SSLContext | None, str]] = {
        "expired.test": (page, secure(authority.issue("expired.test", days=(-90, -3))), f"网站的证书已于 {day(-3)}过期"),
        "wrong.test": (page, secure(authority.issue("other.test")), "发给 other.test 的，与 wrong.test 不符"),
        "unknown.test": (page, secure(authority.issue("unknown.test")), "签发者：测试签发机构"),
        "old.test": (page, secure(authority.issue("old.test"), newest=ssl.TLSVersion.TLSv1_1), "TLS 1.1"),
        "national.test": (only_tlcp, None, "国密"),
        "cut.test": (cut, None, "握手）时断开"),
    }
    with contextlib.ExitStack() as servers:
        resolve = {f"{host}:443": servers.enter_context(serving(talk, context)) for host, (talk, context, _) in kinds.items()}
        network = Network(resolve=resolve)
        found = run(ledger(network, [f"https://{host}/" for host in kinds]), 90)
    assert {host: found[f"https://{host}/"][0] for host in kinds} == dict.fromkeys(kinds, State.TLS_ERROR)
    for host, (_, _, sentence) in kinds.items():
        assert sentence in found[f"https://{host}/"][1]


async def ledger(network: Network, addresses: Sequence[str]) -> dict[str, tuple[State, str]]:
    """How each address ended, visited with Chromium."""
    site = Site(id="s", name="", url=addresses[0], category=Category.OTHER, region="", owner="")
    target = Target(site=site, pages=tuple(addresses), delay=0.0, profile=Profile.STATIC)
    order = Order(target=target, network=network, round="r", now=datetime.now(UTC), crawl=False)
    async with Egress(network) as egress, Fetcher(egress, "T/1") as fetcher:
        told = partial(diagnose, routes=Routes(network, 3.0))
        async with PlaywrightBrowser(egress=egress, suffix="T/1", viewport=(800, 600), pictures=False) as browser:
            return {
                item.url: (item.state, item.reason)
                async for item in crawl(order, browser, fetcher, (), retry_pause=0.01, diagnose=told)
            }  # fmt: skip
