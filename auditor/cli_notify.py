"""The command that sends news, and says what became of it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from auditor.cli_shared import NOTHING, OK, Command, failed, option_db, option_targets, watch_of, writing, wrong
from auditor.model import Channel, Watch
from auditor.store import StoreError


@click.command(cls=Command)
@option_targets
@option_db
@click.option("--test", "trial", metavar="编号", help="只向这条通知试发一条消息。")
@click.option("--again", is_flag=True, help="没有送达的，包括已经放弃的，现在再发一次。")
def notify(path: Path, db: Path, trial: str | None, again: bool) -> None:
    """发送等待中的通知，列出没有送达的。

    平时不必使用：auditor run 和 auditor serve 自己会发送，serve 把没有送达的在 24 小时内一再重发。
    """
    from auditor.notices.post import send_due
    from auditor.store_outbox import Outbox, Post

    watch = watch_of(path)
    if trial:
        _try(watch, trial)
        return
    now = datetime.now(UTC)
    try:
        with writing(db) as store:
            if again:
                Outbox(store).once_more(now)
        sent = send_due(watch, db)
        with writing(db) as store:
            unsent = Outbox(store).unsent()
    except StoreError as error:
        failed(str(error))
    click.echo(f"送达 {sent.taken} 条，没有送达 {sent.refused + sent.given_up} 条，等候发送 {sent.held} 条。")
    for entry in unsent:
        state = "已放弃" if entry.state is Post.GIVEN_UP else "等待"
        click.echo(f"[{state}] {entry.channel}：{entry.message.subject}（已试 {entry.tries} 次）{entry.said}")
    sys.exit(NOTHING if unsent else OK)


def send_after_round(watch: Watch, db: Path) -> None:
    """Send what a round gave occasion to; where a service runs, it does so."""
    from auditor.notices.post import send_due
    from auditor.store import StoreBusy

    if not watch.notices:
        return
    try:
        sent = send_due(watch, db)
    except StoreBusy:
        return
    except StoreError as error:
        click.echo(f"通知没有发送：{error}", err=True)
        return
    if left := sent.refused + sent.held + sent.given_up:
        click.echo(f"有 {left} 条通知还没有送达，用 auditor notify 可以查看和再次发送。", err=True)


def _try(watch: Watch, name: str) -> None:
    from auditor.notices.digests import trial
    from auditor.notices.sender import deliver

    channel = _channel(watch, name)
    said = deliver(channel, trial(channel, datetime.now(UTC)), watch.network)
    if said:
        failed(f"没有送达：{said}")
    click.echo(f"已送达：{name}。")


def _channel(watch: Watch, name: str) -> Channel:
    found = next((one for one in watch.notices if one.id == name), None)
    if found is None:
        known = "、".join(one.id for one in watch.notices)
        wrong(f"网站清单的 notices 中没有 {name}{f'，有 {known}' if known else ''}。")
    return found
