"""A farm of browsers elsewhere (Selenium Grid): this machine is told where it is, and who of its machines may use our way out."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import Web, needs_driver, seeing
from drivers import grid

from auditor.model import State
from crawlers.browsers.find import DriverMissing
from crawlers.browsers.relay import Relay


@pytest.fixture
def own_address() -> str:
    """An IPv4 address of this machine besides loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            pytest.skip("this machine has no address besides loopback")
        return str(way.getsockname()[0])


@pytest.mark.browser
def test_the_farm_that_this_machine_is_told_to_use_comes_first(tmp_path: Path, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_driver()
    web["/"] = "<!DOCTYPE html><html lang='zh-CN'><title>测试</title><main><h1>测试</h1><img src='a.png'></main></html>"
    monkeypatch.setenv("AUDITOR_WEBDRIVER_NODES", "127.0.0.0/8, ::1")
    with grid(tmp_path) as address:
        monkeypatch.setenv("AUDITOR_WEBDRIVER", address)
        run = seeing("selenium", webdriver="http://127.0.0.1:9")(web.url("/"))
    assert run.coverage[0].state is State.AUDITED
    assert [finding.element.selector for finding in run.findings if finding.rule == "image-alt"] == ["img"]


def test_words_that_name_no_machine_are_told(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDITOR_WEBDRIVER", web.url("/"))
    monkeypatch.setenv("AUDITOR_WEBDRIVER_NODES", "grid.example")
    with pytest.raises(DriverMissing, match=r"要写 IP 地址或网段.*不是 grid"):
        seeing("selenium")(web.url("/"))


@pytest.mark.parametrize(("nodes", "let_in"), [((), False), (("127.0.0.9",), False), (("127.0.0.0/24",), True)])
def test_only_the_machines_of_the_farm_may_use_our_way_out(own_address: str, nodes: tuple[str, ...], let_in: bool) -> None:
    """The server is at our own address, and a browser calls from loopback, which is another machine to the relay."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        writer.close()

    async def called() -> bytes:
        async with await asyncio.start_server(echo, "127.0.0.1", 0) as proxy:
            way_out = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
            networks = [ip_network(own_address), *map(ip_network, nodes)] if nodes else []
            async with Relay(way_out, f"http://{own_address}:4444", networks) as relay:
                place = urlsplit(relay.url)
                assert place.hostname == own_address
                reader, writer = await asyncio.open_connection(place.hostname, place.port, local_addr=("127.0.0.1", 0))
                try:
                    writer.write(b"hello\n")
                    return await asyncio.wait_for(reader.read(), 10)
                except ConnectionError:
                    return b""
                finally:
                    writer.close()

    assert asyncio.run(called()) == (b"hello\n" if let_in else b"")
