"""What the command `run` is made of: a round of some sites, and the options that say which cluster does the audits."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from auditor.cli_shared import failed, writing, wrong
from auditor.cluster import Cluster, ClusterGone, ClusterWrong, cluster_of
from auditor.model import Target, Watch
from auditor.store import StoreError
from auditor.telling import Teller

_file = click.Path(path_type=Path, dir_okay=False)
_OPTIONS = (
    click.option(
        "--cluster", metavar="ADDRESS", envvar="AUDITOR_CLUSTER",
        help="由集群的工作机检测：Dask 调度器的地址，tls://主机:端口；tcp://（不加密）只用于本机。见 auditor deploy cluster。",
    ),
    click.option("--cluster-ca", type=_file, envvar="AUDITOR_CLUSTER_CA", help="tls:// 用：签发集群证书的 CA 证书（PEM）。"),
    click.option("--cluster-cert", type=_file, envvar="AUDITOR_CLUSTER_CERT", help="tls:// 用：本机的证书（PEM）。"),
    click.option("--cluster-key", type=_file, envvar="AUDITOR_CLUSTER_KEY", help="tls:// 用：本机的私钥（PEM）。"),
    click.option(
        "--cluster-plain", is_flag=True, envvar="AUDITOR_CLUSTER_PLAIN", help="网络确实隔离，允许用 tcp:// 连其他机器的调度器。"
    ),
)  # fmt: skip


def perform_round(watch: Watch, chosen: Sequence[Target], db: Path, *, resume: bool, fresh: bool, cluster: Cluster | None) -> Any:
    """A round that somebody started by hand (`rounds.Outcome`); ends the command where it cannot be done."""
    from auditor.rounds import run_round
    from auditor.workers import workers
    from crawlers.browsers.find import BrowserMissing

    goes_on = "已完成的结果都已保存，用 auditor run --resume 可以接着检测。"
    try:
        with writing(db) as store, Teller(total=None) as teller, workers(apart=len(chosen) > 1, cluster=cluster) as executor:
            return run_round(watch, chosen, store, executor, trigger="manual", resume=resume, fresh=fresh, tell=teller.tell)
    except ClusterGone as error:
        failed(f"{error}{goes_on}")
    except (BrowserMissing, StoreError) as error:
        failed(str(error))
    except KeyboardInterrupt:
        failed(f"已中断。{goes_on}")


def options_cluster(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options, for which environment variables may stand; the command takes them as `cluster`, a Cluster or None."""

    @functools.wraps(command)
    def wrapped(cluster: str | None, cluster_plain: bool, **words: Any) -> Any:
        files = {name: words.pop(f"cluster_{name}") for name in ("ca", "cert", "key")}
        try:
            named = cluster_of(cluster, **files, plain=cluster_plain) if cluster else None
        except ClusterWrong as error:
            wrong(str(error))
        return command(cluster=named, **words)

    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped
