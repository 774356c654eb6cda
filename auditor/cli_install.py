"""The commands for whoever installs the service and answers for it: files and instructions, and what it is made of."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from auditor.cli_shared import Command, failed
from auditor.deploy import DOCUMENTS

option_output = click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="写入的文件；不写则输出到屏幕。")


@click.command(cls=Command)
@click.argument("name", required=False, type=click.Choice(list(DOCUMENTS)), metavar="[名称]")
@option_output
def deploy(name: str | None, output: Path | None) -> None:
    """给出部署用的文件和说明；不写名称则列出全部。

    已有的文件不覆盖。
    """
    from auditor.deploy import text

    if name is None:
        for each, document in DOCUMENTS.items():
            click.echo(f"{each:<17}{document.file:<25}{document.use}")
        return
    _give(text(name), output)


@click.command(cls=Command)
@click.option(
    "--lock", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="安装时用的 requirements.lock；不写则用程序旁边的。"
)
@option_output
def sbom(lock: Path | None, output: Path | None) -> None:
    """软件物料清单：列出本程序和它的全部依赖，CycloneDX 1.6 格式。

    每个依赖写明版本、许可证、锁定的摘要，以及安装的是不是锁定的版本。浏览器和字体是系统软件包，不在其中。
    """
    from auditor.sbom import bill, own_lock
    from auditor.telling import json_text
    from checks.axe.source import AxeUnusable

    file = lock or own_lock()
    if file is None:
        click.echo("没有找到 requirements.lock，清单里没有锁定的摘要；用 --lock 可以指明。", err=True)
    try:
        locked = file.read_text(encoding="utf-8") if file else ""
    except (OSError, UnicodeDecodeError) as error:
        failed(f"读不了 {file}：{error}")
    try:
        made = bill(locked, datetime.now(UTC))
    except AxeUnusable as error:
        failed(str(error))
    _give(json_text(made) + "\n", output)


def _give(content: str, output: Path | None) -> None:
    """Print a text, or write it to a new file."""
    if output is None:
        click.echo(content, nl=False)
        return
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(content)
    except FileExistsError:
        failed(f"{output} 已经存在，没有覆盖；请换一个文件名，或者先移走。")
    except OSError as error:
        failed(f"写不了文件 {output}：{error.strerror}")
    click.echo(f"已写入 {output}。", err=True)
