"""The way to a Dask scheduler and, through it, to the machines of its cluster: connect, ask, and say in words why that failed."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

from auditor.cluster import Cluster, ClusterGone


async def connected(cluster: Cluster, limit: float) -> Any:
    """A client of the scheduler. OSError or TimeoutError where it cannot be reached within `limit` seconds, ClusterGone where that is of no
    use: no library, or the certificates do not fit."""
    try:
        from distributed import Client, Security
    except ImportError as error:
        lacking = f"这里没有安装集群用的组件（{error.name}）"
        raise ClusterGone(f"{lacking}：请安装 portal-auditor[cluster]，版本见 requirements.lock。") from error

    files = {"tls_ca_file": cluster.ca, "tls_client_cert": cluster.cert, "tls_client_key": cluster.key}
    try:
        security = Security(require_encryption=cluster.ca is not None, **{name: _text(file) for name, file in files.items()})
        client = Client(cluster.address, asynchronous=True, security=security, timeout=limit, set_as_default=False, name="auditor")
    except (ssl.SSLError, ValueError) as error:
        raise ClusterGone(f"集群的证书不能用：{in_words(error)}。") from error
    try:
        return await client
    except BaseException as error:
        await part(client)
        if _is_secrecy(error):
            why = f"{cluster.address} 拒绝了连接：证书不是同一个 CA 签发的，或者那边不用 TLS"
            raise ClusterGone(f"{why}（{in_words(error)}）。") from error
        raise


async def ask(client: Any, address: str, limit: float, function: Callable[..., Any], *words: Any) -> Any:
    """What a function answers on a machine; OSError or TimeoutError where it is out of reach, or the error that it raised there."""
    if client is None or client.status != "running":
        raise OSError("no scheduler")
    async with asyncio.timeout(limit):
        answers = await client.run(function, *words, workers=[address], on_error="return")
    answer = answers[address]
    if isinstance(answer, BaseException):
        raise answer
    return answer


async def part(client: Any) -> None:
    """Close a connection."""
    with contextlib.suppress(OSError, TimeoutError):
        await client.close(timeout=5)


def in_words(error: BaseException) -> str:
    """What an error says, or what led to it."""
    return " ".join(str(error.__cause__ or error).split())[:160] or type(error).__name__


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _is_secrecy(error: BaseException | None) -> bool:
    """Whether a connection failed for want of a certificate, and not of a scheduler."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
