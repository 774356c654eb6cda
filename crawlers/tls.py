"""Finds out why no secure connection was made: the certificate, an old or a national protocol, or a handshake broken off."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import ssl
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from crawlers.routes import Routes, Unreachable

LIMIT = 10.0  # seconds for the whole diagnosis
STEP = 3.0  # seconds for one handshake
MOST = 65_536  # bytes of a handshake
NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME of OpenSSL: times are judged by us, with their dates
LEGACY_SERVER = ssl.Options(0x4)  # SSL_OP_LEGACY_SERVER_CONNECT: browsers connect to servers without secure renegotiation too
OLD = {"SSLv3": "SSL 3.0", "TLSv1": "TLS 1.0", "TLSv1.1": "TLS 1.1"}
BEIJING = timezone(timedelta(hours=8))

TLCP = 0x0101  # GB/T 38636-2020: its version, and its suites ECC_SM4_CBC_SM3, ECDHE_SM4_CBC_SM3, ECC_SM4_GCM_SM3, ECDHE_SM4_GCM_SM3
TLCP_SUITES = (0xE013, 0xE011, 0xE053, 0xE051)
HANDSHAKE, CLIENT_HELLO, SERVER_HELLO = 22, 1, 2

SELF_SIGNED = 18
NO_ISSUER = frozenset({2, 19, 20, 21, 27})
"""OpenSSL's words for a chain that ends at nobody we trust."""


async def diagnose(host: str, port: int, routes: Routes, *, certificate: bool = True) -> str | None:
    """What keeps a browser from a secure connection to a host, as a Chinese sentence; None if nothing was found, or not in LIMIT.

    Connects a few times, by the same checked way as the browsers (`routes`). Without `certificate` only the handshake is judged.
    """
    try:
        async with asyncio.timeout(LIMIT):
            return await _diagnose(host, port, routes, certificate)
    except (Unreachable, OSError, TimeoutError, ValueError):
        return None


async def _diagnose(host: str, port: int, routes: Routes, certificate: bool) -> str | None:
    met = await _handshake(host, port, routes, _lenient())
    if not met.version:
        if await _speaks_tlcp(host, port, routes):
            return "网站只支持国密安全协议（TLCP），通用浏览器无法连接；请网站同时提供通用的 HTTPS"
        return met.problem
    if met.version in OLD:
        return f"网站只支持过旧的安全协议（{OLD[met.version]}），浏览器不再接受"
    if not certificate or met.certificate is None:
        return None
    facts = (await _handshake(host, port, routes, _trusting(met.certificate))).facts
    wrong = _dates(facts) or _names(facts, host)
    return wrong or _issuer((await _handshake(host, port, routes, _strict())).verify_code, facts)


# ---------------------------------------------------------------------------------------------- the certificate


def _dates(facts: Mapping[str, Any]) -> str:
    now = time.time()
    begins, ends = (ssl.cert_time_to_seconds(facts[name]) if name in facts else now for name in ("notBefore", "notAfter"))
    if ends < now:
        return f"网站的证书已于 {_date(ends)}过期"
    return f"网站的证书要到 {_date(begins)}才生效" if begins > now else ""


def _names(facts: Mapping[str, Any], host: str) -> str:
    if not facts:
        return ""
    names = [(kind, name) for kind, name in facts.get("subjectAltName", ()) if kind in ("DNS", "IP Address")]
    if any(_covers(kind, name, host) for kind, name in names):
        return ""
    if not names:
        return f"网站的证书没有写明域名，不能用于 {host}"
    told = "、".join(_tame(name) for _, name in names[:3]) + ("等" if len(names) > 3 else "")
    return f"网站的证书是发给 {told} 的，与 {host} 不符"


def _covers(kind: str, name: str, host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        first, _, rest = name.lower().rstrip(".").partition(".")
        return kind == "DNS" and (name.lower().rstrip(".") == host or (first == "*" and "." in rest and host.partition(".")[2] == rest))
    try:
        return kind == "IP Address" and ipaddress.ip_address(name.strip()) == address
    except ValueError:
        return False


def _issuer(code: int, facts: Mapping[str, Any]) -> str | None:
    if not code:
        return None
    if code == SELF_SIGNED:
        return "网站的证书是自己签发的，浏览器不信任"
    if code in NO_ISSUER:
        names = {key: value for part in facts.get("issuer", ()) for key, value in part}
        who = names.get("organizationName") or names.get("commonName") or ""
        return f"网站的证书不是由浏览器信任的机构签发的，或者缺少中间证书{f'（签发者：{_tame(who)}）' if who else ''}"
    return None


def _date(seconds: float) -> str:
    day = datetime.fromtimestamp(seconds, BEIJING)
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def _tame(text: str) -> str:
    """What a certificate says, without characters that could bend our sentence."""
    return "".join(letter for letter in text if letter.isprintable())[:80]


# ---------------------------------------------------------------------------------------------- handshakes


@dataclass(frozen=True, kw_only=True)
class _Met:
    """How a handshake went."""

    version: str = ""  #: "" if it did not come about
    problem: str | None = None
    certificate: bytes | None = None  #: DER
    facts: Mapping[str, Any] = field(default_factory=dict)  #: what is written in it, where it was verified
    verify_code: int = 0


async def _handshake(host: str, port: int, routes: Routes, context: ssl.SSLContext) -> _Met:
    """One handshake, in memory: the streams only carry the bytes, so that nothing is done beyond it."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname=host)
    reader, writer = await routes.connect(host, port, limit=MOST)
    heard = 0
    try:
        async with asyncio.timeout(STEP):
            while True:
                try:
                    tls.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    writer.write(outgoing.read())
                    await writer.drain()
                    data = await reader.read(MOST)
                    if not data:
                        return _Met(problem=_broken_off(heard))
                    heard += len(data)
                    incoming.write(data)
        return _Met(version=tls.version() or "", certificate=tls.getpeercert(binary_form=True), facts=tls.getpeercert() or {})
    except ssl.SSLCertVerificationError as error:
        return _Met(version=tls.version() or "", verify_code=error.verify_code)
    except ssl.SSLError as error:
        return _Met(problem=_refused(error))
    except TimeoutError:
        return _Met(problem=f"网站在建立安全连接（TLS 握手）时 {STEP:.0f} 秒内没有回答")
    except OSError:
        return _Met(problem=_broken_off(heard))
    finally:
        writer.transport.abort()


def _broken_off(heard: int) -> str:
    return "网站在建立安全连接（TLS 握手）的中途断开" if heard else "网站在建立安全连接（TLS 握手）时断开"


def _refused(error: ssl.SSLError) -> str:
    reason = error.reason or ""
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"):
        return "网站在这个端口上没有提供安全连接（HTTPS）"
    if "ALERT" in reason or reason in ("UNSUPPORTED_PROTOCOL", "NO_PROTOCOLS_AVAILABLE", "NO_CIPHERS_AVAILABLE"):
        return f"网站拒绝了安全连接的协议或加密方式（{reason}）"
    return f"安全连接没有建立（{reason or type(error).__name__}）"


def _context(*, verify: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED if verify else ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.options |= LEGACY_SERVER
    return context


def _lenient() -> ssl.SSLContext:
    """Takes any protocol this machine knows, and any certificate."""
    context = _context(verify=False)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    return context


def _trusting(certificate: bytes) -> ssl.SSLContext:
    """Trusts exactly this certificate: then, and only then, Python tells what is written in it."""
    context = _context(verify=True)
    context.load_verify_locations(cadata=certificate)
    context.verify_flags |= ssl.VerifyFlags(ssl.VERIFY_X509_PARTIAL_CHAIN | NO_CHECK_TIME)
    return context


def _strict() -> ssl.SSLContext:
    """Trusts whom this machine trusts; times and names have been judged before."""
    context = _context(verify=True)
    context.load_default_certs()
    context.verify_flags |= ssl.VerifyFlags(NO_CHECK_TIME)
    return context


# ---------------------------------------------------------------------------------------------- TLCP


async def _speaks_tlcp(host: str, port: int, routes: Routes) -> bool:
    """Whether the host answers the ClientHello of GB/T 38636-2020 (TLCP) with a ServerHello of the same version."""
    reader, writer = await routes.connect(host, port, limit=MOST)
    try:
        async with asyncio.timeout(STEP):
            writer.write(tlcp_hello())
            await writer.drain()
            kind, version, _, message, _, _, agreed = struct.unpack("!BHHBBHH", await reader.readexactly(11))
            return (kind, version, message, agreed) == (HANDSHAKE, TLCP, SERVER_HELLO, TLCP)
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return False
    finally:
        writer.transport.abort()


def tlcp_hello() -> bytes:
    """The smallest ClientHello of TLCP: version 1.1 (0x0101), no session, its four suites, no compression, no extensions."""
    suites = struct.pack(f"!{len(TLCP_SUITES)}H", *TLCP_SUITES)
    moment = struct.pack("!I", int(time.time()) & 0xFFFFFFFF) + os.urandom(28)
    body = struct.pack("!H", TLCP) + moment + b"\0" + struct.pack("!H", len(suites)) + suites + b"\x01\x00"
    message = struct.pack("!B", CLIENT_HELLO) + len(body).to_bytes(3, "big") + body
    return struct.pack("!BHH", HANDSHAKE, TLCP, len(message)) + message
