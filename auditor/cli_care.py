"""The commands that take care of an installation: copies, putting them back, what is installed, how it is installed."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from auditor.cli_shared import Command, failed, option_db, option_targets
from auditor.store import StoreError


@click.command(cls=Command)
@option_targets
@option_db
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="文件")
def backup(path: Path, db: Path, file: Path) -> None:
    """备份：把数据库、截图、快照和网站清单写进一个新文件。

    检测进行中也可以备份。写完以后读回来核对，核对无误才算完成。备份里有人员的密码摘要，请妥善保管。
    """
    from auditor.store_backup import back_up

    try:
        made = back_up(db, file, datetime.now(UTC), path)
    except (StoreError, OSError) as error:
        failed(_sentence(error, file))
    size = os.path.getsize(file) / 1_000_000
    click.echo(f"已备份到 {file}（{size:,.1f} MB，已核对）：最近一轮 {made.last_round or '（无）'}，截图和快照 {len(made.blobs)} 个。")
    if made.lost:
        click.echo(f"另有 {len(made.lost)} 个截图或快照在原处已经缺失或损坏，没有备份。", err=True)


@click.command(cls=Command)
@option_db
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="文件")
def restore(db: Path, file: Path) -> None:
    """恢复：用备份代替数据库。

    先停止服务。正在使用的数据库、含有备份以后内容的数据库都不会被覆盖；原来的数据库改名保留。
    """
    from auditor.store_backup import restore as put_back

    try:
        made, aside = put_back(file, db, datetime.now(UTC))
    except (StoreError, OSError) as error:
        failed(_sentence(error, db))
    click.echo(f"已恢复到 {db}（备份于 {made.made.astimezone():%Y-%m-%d %H:%M}，最近一轮 {made.last_round or '（无）'}）。")
    if aside:
        click.echo(f"原来的数据库改名为 {aside}，确认无误以后可以删除。")


def _sentence(error: Exception, path: Path) -> str:
    return f"读写不了 {path}：{error.strerror or error}" if isinstance(error, OSError) and not isinstance(error, StoreError) else str(error)
