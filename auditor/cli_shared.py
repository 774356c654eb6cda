"""What the commands of all files share: options, groups that speak Chinese, opening what they work on, and how they end in trouble."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click

from auditor import targets as targets_file
from auditor.model import Profile, Watch
from auditor.store import Store, StoreError

FOLDER = Path("out")
DATABASE = FOLDER / "auditor.db"
OK, NOTHING, WRONG = 0, 1, 2

option_targets = click.option(
    "-t", "--targets", "path", type=click.Path(path_type=Path), default=Path("targets.yml"), show_default=True, help="网站清单。"
)
option_db = click.option("--db", type=click.Path(path_type=Path, dir_okay=False), default=DATABASE, show_default=True, help="数据库文件。")
option_site = click.option("--site", "sites", multiple=True, metavar="ID", help="只处理这个网站，可以写多次。")
option_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
option_profile = click.option("--profile", type=click.Choice([profile.value for profile in Profile]), help="检测范围：axe、静态或全部。")


class Command(click.Command):
    """A command whose option --help speaks Chinese like the others."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示这段说明。"
        return option


class Group(Command, click.Group):
    """A group of such commands; groups within it are of the same kind."""

    command_class = Command
    group_class = type


def watch_of(path: Path) -> Watch:
    """The whole of targets.yml; ends the command with every mistake where it has any."""
    try:
        return targets_file.load(path)
    except targets_file.TargetsError as error:
        wrong_targets(path, error)


def wrong_targets(path: Path, error: targets_file.TargetsError) -> NoReturn:
    """End the command with every mistake of targets.yml, one to a line."""
    for problem in error.problems:
        click.echo(problem.at(str(path)), err=True)
    sys.exit(WRONG)


def writing(db: Path) -> Store:
    """The database, made and brought up to date where that is needed; ends the command where it cannot be used."""
    try:
        return Store.open(db)
    except StoreError as error:
        failed(str(error))


def reading(db: Path) -> Store:
    """The database, which is left as it is; ends the command where there is none or it cannot be read."""
    try:
        return Store.open(db, readonly=True)
    except StoreError as error:
        failed(str(error))


def wrong(sentence: str) -> NoReturn:
    """End the command: it was given wrong words."""
    click.echo(sentence, err=True)
    sys.exit(WRONG)


def failed(sentence: str) -> NoReturn:
    """End the command: it could not be done."""
    click.echo(sentence, err=True)
    sys.exit(NOTHING)
