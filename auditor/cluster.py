"""Where audits of several machines meet: the address of a Dask scheduler and how the way to it is kept closed; what may go wrong there."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

PORT = 8786  # of a scheduler, where the address names none

FACTS = {"program": "本程序", "dask": "Dask", "axe": "axe-core", "python": "Python", "browser": "浏览器"}
"""What a machine and the coordinator, or two machines, must have in common, and what it is called."""


class ClusterWrong(Exception):
    """The words that describe a cluster are wrong; the text is a Chinese sentence."""


class ClusterGone(Exception):
    """No machine of the cluster can be had: the round stays unfinished. The text is a Chinese sentence."""


class MachineLost(Exception):
    """The machine on which an audit ran is gone, through no fault of the audit: it has to be handed out again."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A Dask scheduler. With tls:// all three files are there."""

    address: str  #: tcp://HOST:PORT or tls://HOST:PORT
    ca: Path | None = None  #: who signs the certificates of this cluster
    cert: Path | None = None  #: ours
    key: Path | None = None  #: of `cert`


def cluster_of(
    address: str, *, ca: str | Path | None = None, cert: str | Path | None = None, key: str | Path | None = None, plain: bool = False
) -> Cluster:
    """A cluster by the words that somebody gave. Over tcp:// nothing is secret and anybody may give orders: allowed on this machine, or
    where `plain` says so. Raises ClusterWrong."""
    parts = urlsplit(address)
    try:
        host, port = parts.hostname, parts.port or PORT
    except ValueError:
        host = None
    if parts.scheme not in ("tcp", "tls") or not host or parts.path.strip("/"):
        raise ClusterWrong(f"集群的地址要写成 tls://主机:端口 或 tcp://主机:端口，不是 {address}。")
    files = {"CA 证书": ca, "证书": cert, "私钥": key}
    place = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"
    if parts.scheme == "tcp":
        if any(files.values()):
            raise ClusterWrong("给了 TLS 证书，集群的地址就要写 tls://。")
        if not plain and not _is_here(host):
            why = f"{address} 不加密，也不核对身份，谁都能让工作机运行程序"
            raise ClusterWrong(f"{why}；请用 tls://，确实隔离的网络里可以加 --cluster-plain。")
        return Cluster(address=place)
    lacking = [name for name, file in files.items() if not file]
    if lacking:
        raise ClusterWrong(f"用 tls:// 时要写明 CA 证书、本机的证书和私钥，还缺{'、'.join(lacking)}。")
    for name, file in files.items():
        if not os.access(str(file), os.R_OK):
            raise ClusterWrong(f"读不了{name} {file}。")
    return Cluster(address=place, ca=Path(str(ca)), cert=Path(str(cert)), key=Path(str(key)))


def from_environment() -> Cluster | None:
    """The cluster that the service is told to use by its environment; None if there is none. Raises ClusterWrong."""
    address = os.environ.get("AUDITOR_CLUSTER")
    if not address:
        return None
    return cluster_of(
        address, ca=os.environ.get("AUDITOR_CLUSTER_CA"), cert=os.environ.get("AUDITOR_CLUSTER_CERT"),
        key=os.environ.get("AUDITOR_CLUSTER_KEY"), plain=os.environ.get("AUDITOR_CLUSTER_PLAIN", "").lower() in ("1", "true", "yes"),
    )  # fmt: skip


def differing(machine: Mapping[str, str], ours: Mapping[str, str]) -> str:
    """What a machine has otherwise than it should, "" if nothing. A fact that `ours` leaves open ("") asks only that there is one."""
    told = []
    for fact, name in FACTS.items():
        theirs, wanted = machine.get(fact, ""), ours.get(fact, "")
        if not theirs:
            told.append(f"没有{name}")
        elif wanted and theirs != wanted:
            told.append(f"{name}是 {theirs}，应为 {wanted}")
    return "；".join(told)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
