"""Decides where a connection may go: the owner's own table first, else the public addresses of the name, and nowhere else."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import socket
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from ipaddress import IPv4Address

from auditor.addresses import matches_host
from auditor.model import Network, State

MOST_ADDRESSES = 4  # of one name are tried
MOST_LOOKUPS = 16  # at once; a page can name any number of hosts
FORGET_AFTER = 30.0  # seconds until a name that did not resolve is asked for again

GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
NAT64 = ipaddress.ip_network("64:ff9b::/96")
NOT_FOR_HOSTS = ipaddress.ip_network("192.0.0.0/24")  # protocol assignments; older tables of Python take some of them for global
IPV6_DOCUMENTATION = ipaddress.ip_network("3fff::/20")  # likewise


class Unreachable(Exception):
    """No connection was made; `state` is what that means for the ledger, the text is a Chinese sentence."""

    def __init__(self, state: State, sentence: str) -> None:
        super().__init__(sentence)
        self.state = state


Lookup = Callable[[str], Awaitable[tuple[str, ...]]]
"""All addresses of a name; OSError if it has none."""


async def system_lookup(host: str) -> tuple[str, ...]:
    """What the system says, IPv4 first: on every machine in the same order.

    getaddrinfo in a thread that nobody has to wait for: it cannot be interrupted, and shutting down must not hang on it.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[tuple[str, ...]] = loop.create_future()

    def deliver(found: tuple[str, ...]) -> None:
        if not answer.done():
            answer.set_result(found)

    def ask() -> None:
        try:
            found = dict.fromkeys(str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            found = {}
        with contextlib.suppress(RuntimeError):  # the loop is closed by now
            loop.call_soon_threadsafe(deliver, tuple(sorted(found, key=lambda address: ":" in address)))

    threading.Thread(target=ask, name=f"lookup {re.sub('[^a-z0-9.-]', '', host)}", daemon=True).start()
    found = await answer
    if not found:
        raise OSError(f"no address for {host}")
    return found


def _named(network: Network, place: str) -> str | None:
    """Where the owner's table leads for a host with its port: the closest entry counts."""
    keys = sorted((key for key in network.resolve if matches_host(place, key)), key=lambda key: ("*" in key, -len(key)))
    return network.resolve[keys[0]] if keys else None


def narrowed(network: Network, host: str) -> Network:
    """The network for a visit to one host: no inner address is open to it but those of that host."""
    ports = {"80", "443", *(key.rpartition(":")[2] for key in network.resolve)}
    own = f"[{host}]" if ":" in host else host
    table = {f"{own}:{port}": named for port in ports if (named := _named(network, f"{host}:{port}"))}
    return replace(network, resolve=table, allow_private=False, allow=(own,) if network.allow_private else ())


class Routes:
    """The way to every host, looked up once: whoever changes the name afterwards changes nothing for us."""

    def __init__(self, network: Network, timeout: float, lookup: Lookup = system_lookup) -> None:
        self.network = network
        self.timeout = timeout
        self.lookup = lookup
        self._found: dict[str, tuple[str, ...]] = {}
        self._missing: dict[str, tuple[float, Unreachable]] = {}
        self._asking: dict[str, asyncio.Lock] = {}
        self._places = asyncio.Semaphore(MOST_LOOKUPS)

    async def connect(self, host: str, port: int, *, limit: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to one of the addresses that were checked. Raises Unreachable; `limit` as for asyncio streams."""
        addresses, number = await self.way(host, port)
        problem: Exception | None = None
        for address in addresses[:MOST_ADDRESSES]:
            try:
                async with asyncio.timeout(self.timeout / min(len(addresses), MOST_ADDRESSES)):
                    return await asyncio.open_connection(address, number, limit=limit)
            except (OSError, TimeoutError) as error:
                problem = error
        if isinstance(problem, TimeoutError):
            raise Unreachable(State.TIMEOUT, f"{self.timeout:.0f} 秒内没有连上网站")
        if isinstance(problem, ConnectionRefusedError):
            raise Unreachable(State.CONNECTION_REFUSED, "网站拒绝连接")
        if isinstance(problem, ConnectionResetError):
            raise Unreachable(State.CONNECTION_RESET, "网站在建立连接时断开")
        raise Unreachable(State.CONNECTION_REFUSED, "到网站的网络不通")

    async def way(self, host: str, port: int) -> tuple[tuple[str, ...], int]:
        """The addresses and the port that a connection to a host may be made to. Raises Unreachable."""
        place = f"{host}:{port}"
        if named := _named(self.network, place):
            address, _, number = named.rpartition(":")
            return await self._addresses(address.strip("[]")), int(number)
        addresses = await self._addresses(host)
        if not self.network.allow_private and not any(matches_host(place, key) for key in self.network.allow):
            addresses = tuple(filter(is_public, addresses))
            if not addresses:
                raise Unreachable(State.DENIED_BY_EGRESS, f"{host} 指向内部网络地址，按规定不访问")
        return addresses, port

    async def _addresses(self, host: str) -> tuple[str, ...]:
        """All addresses of a name, as they were when it was first asked for."""
        now = asyncio.get_running_loop().time()
        async with self._asking.setdefault(host, asyncio.Lock()):
            if host in self._found:
                return self._found[host]
            until, problem = self._missing.get(host, (0.0, None))
            if problem is None or until < now:
                try:
                    async with asyncio.timeout(self.timeout), self._places:
                        self._found[host] = await self.lookup(host)
                        return self._found[host]
                except TimeoutError:
                    problem = Unreachable(State.DNS_ERROR, f"{host} 的域名解析没有在 {self.timeout:.0f} 秒内完成")
                except OSError:
                    problem = Unreachable(State.DNS_ERROR, f"{host} 没有域名解析结果")
                self._missing[host] = (now + FORGET_AFTER, problem)
            raise problem


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet. Addresses wrapped in IPv6 (mapped, 6to4, NAT64) are unwrapped first."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv4Address):
        return _public_ipv4(parsed)
    wrapped = parsed.ipv4_mapped or parsed.sixtofour or (IPv4Address(int(parsed) & 0xFFFFFFFF) if parsed in NAT64 else None)
    if wrapped is not None:
        return _public_ipv4(wrapped)
    return parsed in GLOBAL_UNICAST and parsed not in IPV6_DOCUMENTATION and parsed.is_global


def _public_ipv4(address: IPv4Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved and address not in NOT_FOR_HOSTS
