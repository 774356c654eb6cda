"""The commands that take care of an installation: copies, putting them back, what is installed, how it is installed."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from auditor.cli_shared import Command, failed, option_db, option_targets, reading, watch_of, writing
from auditor.store import StoreError
from auditor.store_health import MEGABYTE


@click.command(cls=Command)
@option_targets
@option_db
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="文件")
def backup(path: Path, db: Path, file: Path) -> None:
    """备份：把数据库、截图、快照和网站清单写进一个新文件。

    检测进行中也可以备份。写完以后读回来核对，核对无误才算完成。备份里有人员的密码摘要，请妥善保管。
    投诉人的联系方式到期要删除，所以不进备份。
    """
    from auditor.store_backup import back_up

    try:
        made = back_up(db, file, datetime.now(UTC), path)
    except (StoreError, OSError) as error:
        failed(_sentence(error, file))
    size = os.path.getsize(file) / MEGABYTE
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


@click.command(cls=Command)
@option_targets
@option_db
@click.option("--remove", is_flag=True, help="现在就清除。")
def retention(path: Path, db: Path, remove: bool) -> None:
    """保存期限：说明哪些截图和快照已过网站清单中的保存期限。

    每一轮结束时会自动清除，平时不必使用。检测结果不在其内；决定和案件所依据的截图永久保存。
    """
    watch = watch_of(path)
    nights = watch.retention
    try:
        with reading(db) as store:
            count, size = store.unneeded(**nights)
        click.echo(f"保存期限：网页快照 {nights['snapshots']} 天，截图到障碍消除以后 {nights['pictures']} 天。")
        click.echo(f"已过期限的截图和快照 {count} 个，{size / MEGABYTE:,.1f} MB。")
        if remove and count:
            with writing(db) as store:
                removed = store.sweep(**nights)
            if not removed:
                failed("另一个程序正在写入或者备份这个数据库，没有清除；下一轮结束时会自动清除。")
            click.echo(f"已清除 {removed} 个文件。")
    except StoreError as error:
        failed(str(error))


def _sentence(error: Exception, path: Path) -> str:
    return f"读写不了 {path}：{error.strerror or error}" if isinstance(error, OSError) and not isinstance(error, StoreError) else str(error)
