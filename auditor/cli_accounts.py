"""The commands for accounts and the log: who may sign in, and who did what."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

import click

from auditor import people
from auditor.accounts import ROLE_NAMES, weakness
from auditor.cli_shared import Command, Group, option_db, option_targets, watch_of, writing, wrong
from auditor.store_accounts import Accounts
from auditor.store_log import Act, Actor, LogBook
from reports.text import plain

option_stdin = click.option("--password-stdin", is_flag=True, help="从标准输入读取密码（一行），供脚本使用。")


@click.group(cls=Group)
def user() -> None:
    """管理登录服务的人员：添加、列出、改密码、停用。"""


@user.command()
@option_targets
@option_db
@click.argument("name")
@click.option(
    "--role", type=click.Choice([role.value for role in ROLE_NAMES]), required=True, help="角色：运行管理员、网站责任人、残联或人工核查员。"
)
@click.option("--title", required=True, help="姓名，显示在决定和日志中。")
@click.option("--site", "sites", multiple=True, metavar="ID", help="网站责任人负责的网站，可以写多次。")
@click.option("--no-password", is_flag=True, help="不设密码，只通过统一认证的反向代理登录。")
@option_stdin
def add(
    path: Path, db: Path, name: str, role: str, title: str, sites: Sequence[str], no_password: bool, password_stdin: bool
) -> None:  # fmt: skip
    """添加一个人员；NAME 是登录名。"""
    known = {target.site.id for target in watch_of(path).targets} if sites else set()
    if errors := people.wrong_role(role, sites, known):
        _unfit(errors)
    password = None if no_password else _password(name, password_stdin)
    with writing(db) as store, _mended():
        account = people.add(
            Accounts(store), here(), name=name, title=title, role=role, sites=sites, known=known, password=password
        )  # fmt: skip
    click.echo(f"已添加：{name}（{account.title}，{ROLE_NAMES[account.role]}）。")


@user.command("list")
@option_db
def list_(db: Path) -> None:
    """列出人员。"""
    with writing(db) as store:
        accounts = Accounts(store).all()
    if not accounts:
        click.echo("还没有人员。添加第一个运行管理员：auditor user add 登录名 --role operator --title 姓名")
    for one in accounts:
        sites = f" {'、'.join(sorted(one.sites))}" if one.sites else ""
        click.echo(plain(f"{one.name} {one.title} {ROLE_NAMES[one.role]}{sites}{' 已停用' if one.disabled else ''}", 500))


@user.command("password")
@option_db
@click.argument("name")
@option_stdin
def password_(db: Path, name: str, password_stdin: bool) -> None:
    """给一个人员换密码；已登录的都要重新登录，以前生成的密钥作废。"""
    with writing(db) as store:
        if Accounts(store).named(name) is None:
            wrong(f"没有登录名 {name}。")
        with _mended():
            revoked = people.set_password(Accounts(store), here(), name, _password(name, password_stdin))
    click.echo(f"已更换 {name} 的密码{f'，作废密钥 {revoked} 个' if revoked else ''}。")


@user.command()
@option_db
@click.argument("name")
def disable(db: Path, name: str) -> None:
    """停用一个人员：立即退出登录，不能再登录，密钥作废；做过的事仍留在记录中。"""
    with writing(db) as store, _mended():
        people.disable(Accounts(store), here(), name)
    click.echo(f"已停用：{name}。")


@click.command(cls=Command)
@option_db
@click.option("--verify", is_flag=True, help="核对整个日志有没有被改动。")
@click.option("--holds", default="", metavar="摘要", help="与 --verify 同用：以前记下的摘要是否还在日志中。")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="列出最近多少条。")
@click.option("--timezone", default="Asia/Shanghai", show_default=True, help="显示时间所用的时区。")
def log(db: Path, verify: bool, holds: str, limit: int, timezone: str) -> None:
    """列出或核对操作日志。

    每一条都带有前一条的摘要。核对后请把末条摘要抄存到别处：以后用 --holds 可以证明此前的日志没有被改动或截短。
    """
    with writing(db) as store:
        if not verify:
            for entry in LogBook(store).entries(limit):
                at = entry.at.astimezone(ZoneInfo(timezone))
                told = (entry.number, f"{at:%Y-%m-%d %H:%M:%S}", entry.who, entry.role, entry.address, entry.act, entry.about, entry.detail)
                click.echo(plain(" ".join(map(str, told)), 1000))
            return
        found = LogBook(store).verify(holds)
    if found.broken is not None:
        click.echo(f"日志从第 {found.broken} 条起对不上：有记录被改动、删除或插入。此前的 {found.rows} 条完好。", err=True)
        sys.exit(1)
    if not found.holds:
        click.echo(f"日志中没有摘要 {holds}：那以前的日志被截短或换过。", err=True)
        sys.exit(1)
    click.echo(f"日志完好，共 {found.rows} 条。末条摘要：{found.last or '（还没有记录）'}")


def record(db: Path, act: Act, about: str, detail: str) -> None:
    """Tell the log of a command that changed something outside the database; without a database there is none."""
    if db.exists():
        with writing(db) as store:
            LogBook(store).record(here(), act, about, detail)


def here() -> Actor:
    """Whoever runs a command on this machine."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "?"
    return Actor(name=f"命令行 {name}", role="command")


def _password(name: str, stdin: bool) -> str:
    if stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("密码", hide_input=True, confirmation_prompt="再输一次", err=True)
    if why := weakness(password, name):
        wrong(why)
    return password


@contextmanager
def _mended() -> Iterator[None]:
    """End the command with what does not fit."""
    try:
        yield
    except people.Unfit as unfit:
        _unfit(unfit.errors)


def _unfit(errors: Mapping[str, str]) -> NoReturn:
    wrong("\n".join(errors.values()))
