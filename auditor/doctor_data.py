"""Looks at what an installation works with: the list of sites, the secrets of its notices, the database, the clock."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from auditor import targets
from auditor.doctor import Check
from auditor.model import Watch
from auditor.notices.message import lookups
from auditor.store_health import MEGABYTE, Health, look
from auditor.store_lock import StoreError

AHEAD = timedelta(minutes=5)  # two machines may differ by that much


def examine_data(path: Path, db: Path, now: datetime, environ: Mapping[str, str] | None = None) -> Iterator[Check]:
    """Everything that is there of targets.yml at `path` and the database; what is not there yet is nothing wrong."""
    watch = Watch()
    if path.exists():
        try:
            watch = targets.load(path)
            yield Check(name="网站清单", ok=True, found=f"{path}　{len(watch.targets)} 个网站")
        except targets.TargetsError as error:
            advice = f"请运行 auditor check -t {path}，按它列出的逐条改正。"
            yield Check(name="网站清单", ok=False, found=f"{path}　有 {len(error.problems)} 处错误", advice=advice)
    else:
        yield Check(name="网站清单", ok=False, found=f"没有 {path}", advice="请用 -t 指明，或者先写一份。", needed=False)
    if watch.notices:
        yield _secrets(watch, os.environ if environ is None else environ)
    if db.exists():
        yield from _database(db, now, watch.timezone)
    else:
        yield Check(name="数据库", ok=True, found=f"还没有 {db}，第一次检测时建立")


def _secrets(watch: Watch, environ: Mapping[str, str]) -> Check:
    lacking = sorted({name for channel in watch.notices for name in lookups(channel) if not environ.get(name)})
    found = f"{len(watch.notices)} 条" + (f"，这里没有环境变量 {'、'.join(lacking)}" if lacking else "")
    advice = "服务从 portal-auditor.env 得到这些变量的，可以不理；否则请设置，再用 auditor notify --test 试发。"
    return Check(name="通知", ok=not lacking, found=found, advice=advice, needed=False)


def _database(db: Path, now: datetime, timezone: str) -> Iterator[Check]:
    try:
        health = look(db)
    except StoreError as error:
        yield Check(name="数据库", ok=False, found=str(db), advice=str(error))
        return
    size = f"{health.bytes / MEGABYTE:,.1f} MB，{health.rounds} 轮"
    old = "，下次检测时更新结构" if health.old else ""
    advice = "数据库已经损坏，请停止服务，用最近的备份恢复（auditor restore）。"
    yield Check(name="数据库", ok=not health.damage, found=f"{db}　{size}{old}{health.damage and '　' + health.damage}", advice=advice)
    yield Check(
        name="截图和快照", ok=not health.lost, found=f"{health.blobs} 个" + (f"，缺 {health.lost} 个" if health.lost else ""),
        advice=f"{db.name}.blobs 文件夹不完整：备份里有的，用 auditor restore 恢复；没有的不影响今后的检测。", needed=False,
    )  # fmt: skip
    yield _clock(health, now, ZoneInfo(timezone))


def _clock(health: Health, now: datetime, zone: ZoneInfo) -> Check:
    """A clock that was set back makes nights seem to be still to come."""
    told = f"{now.astimezone(zone):%Y-%m-%d %H:%M}（{zone.key}）"
    late = health.newest is not None and health.newest > now + AHEAD
    if late and health.newest:
        told += f"，但最近一轮开始于 {health.newest.astimezone(zone):%Y-%m-%d %H:%M}"
    return Check(name="时钟", ok=not late, found=told, advice="本机的时钟可能被调回过，请核对时间（建议用 NTP 对时），再启动检测。")
