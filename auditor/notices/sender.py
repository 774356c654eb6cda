"""The one edge over which messages leave: HTTP by httpx and mail by smtplib, to the addresses of the settings and nowhere else.

A name is looked up once and the connection made to the address that was checked; redirects are not followed; an answer is read to 64 KB;
all together takes at most LIMIT seconds. What went wrong is a Chinese sentence in which no secret stands.
"""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import httpx

from auditor.model import Channel, Network, State
from auditor.notices.channels import kinds
from auditor.notices.message import Doubtful, Message, MissingSecret, Refused, Request, Secrets
from auditor.notices.smtp import PORTS, mail_out
from crawlers.routes import Routes, Unreachable
from reports.text import plain

LIMIT = 30.0
STEP = 10.0  # seconds for one step of it
MOST = 64 * 1024  # bytes of an answer
AGENT = "portal-auditor"

for name in ("httpx", "httpcore"):  # they would write addresses, and with them keys, into the log
    logging.getLogger(name).setLevel(logging.WARNING)


def deliver(
    channel: Channel, message: Message, network: Network, *, now: datetime | None = None, environ: Mapping[str, str] | None = None
) -> str:
    """Send one message now. "" when the other side has taken it, else why not, in one line without secrets (Doubtful, Final where so).

    Private addresses are reached where the channel says `allow_private`, or `network.resolve` names them. Not to be called inside an event
    loop.
    """
    try:
        secrets = Secrets.of(channel, environ)
    except MissingSecret as error:
        return str(error)
    try:
        built = kinds()[channel.kind].build(channel, secrets, message, now or datetime.now(UTC))
        asyncio.run(_within_limit(channel, secrets, built, replace(network, allow_private=channel.allow_private, allow=())))
    except (Refused, Unreachable) as error:
        kind: type[str] = str if isinstance(error, Unreachable) else error.kind
        return kind(plain(secrets.hidden_in(_sentence(error)), 300))
    except Exception as error:  # whatever the other side sends must not end the sending of the rest, and may hold a secret
        return f"发送时出错（{type(error).__name__}）"
    return ""


async def _within_limit(channel: Channel, secrets: Secrets, built: Request | EmailMessage, network: Network) -> None:
    routes = Routes(network, STEP)
    try:
        async with asyncio.timeout(LIMIT):
            if isinstance(built, Request):
                await _post(built, routes, channel.allow_private)
            else:
                addresses, port = await routes.way(channel.host, channel.port or PORTS[channel.security])
                await mail_out(channel, secrets, built, (addresses[0], port), STEP)
    except TimeoutError:
        raise Refused(f"{LIMIT:.0f} 秒内没有完成", Doubtful) from None


async def _post(request: Request, routes: Routes, private: bool) -> None:
    """One POST to an address that was checked."""
    url = _parsed(request.url)
    if url.scheme == "http" and not private:
        raise Refused("不加密的网址只允许在内网使用（allow_private: true）")
    addresses, port = await routes.way(url.host, url.port or (443 if url.scheme == "https" else 80))
    checked = url.copy_with(host=addresses[0], port=port)
    headers = {"User-Agent": AGENT, **request.headers, "Host": url.netloc.decode("ascii")}
    context = ssl.create_default_context()
    try:
        async with (
            httpx.AsyncClient(verify=context, trust_env=False, follow_redirects=False, timeout=STEP) as client,
            client.stream("POST", checked, headers=headers, content=request.body, extensions={"sni_hostname": url.host}) as answer,
        ):
            body = await _read(answer)
            status = answer.status_code
    except (httpx.ConnectTimeout, httpx.PoolTimeout):
        raise Refused(f"{STEP:.0f} 秒内没有连上") from None
    except httpx.TimeoutException:
        raise Refused(f"{STEP:.0f} 秒内没有答复", Doubtful) from None
    except httpx.HTTPError as error:
        reason = "安全连接没有建立，请检查证书" if "CERTIFICATE" in str(error) or "SSL" in str(error) else "连接没有建立或者中断"
        raise Refused(reason, str if isinstance(error, httpx.ConnectError) else Doubtful) from None
    if 300 <= status < 400:
        raise Refused(f"对方要求转到别的网址（HTTP {status}），没有跟随，请核对 url")
    if said := request.refusal(status, body):
        raise Refused(said)


def _parsed(address: str) -> httpx.URL:
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        raise Refused("网址写法有误") from None
    if url.scheme not in ("http", "https") or not url.host or url.userinfo:
        raise Refused("网址要以 http:// 或 https:// 开头，不能带用户名和密码")
    return url


async def _read(answer: httpx.Response) -> Any:
    """The JSON of an answer; None where it is none."""
    body = b""
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > MOST:
            raise Refused("对方的答复过长")
    try:
        return json.loads(body)
    except ValueError:
        return None


def _sentence(error: Exception) -> str:
    if isinstance(error, Unreachable) and error.state is State.DENIED_BY_EGRESS:
        return "网址指向内网地址；确实在内网的，请在这条通知里写 allow_private: true"
    return str(error)
