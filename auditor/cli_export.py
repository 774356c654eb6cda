"""The command that hands results on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from auditor.cli_shared import Command, failed, option_db, option_site, reading, wrong
from auditor.store import StoreError
from reports.exports import named, names


@click.command(cls=Command)
@option_db
@option_site
@click.option("--format", "name", type=click.Choice(names()), required=True, help="格式。")
@click.option("--lang", "language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="语言。")
@click.option("--public", is_flag=True, help="供公开：个人信息一律遮盖，不带内部意见。")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="写入的文件；不写则输出到标准输出。")
def export(db: Path, sites: Sequence[str], name: str, language: str, public: bool, output: Path | None) -> None:
    """按通用格式导出检测结果。

    csv、xlsx 是问题清单；json 供程序读取；earl、wcag-em 供 WCAG-EM Report Tool 导入；sarif、junit 供开发工具读取；
    openacr 是符合性报告的底稿；statement 是无障碍声明的草案。wcag-em、openacr、statement 一次只写一个网站。
    """
    from auditor.exporting import ExportError
    from auditor.exporting import export as exported

    try:
        with reading(db) as store:
            written = exported(store, named(name), sites, output, language=language, public=public)
    except ExportError as error:
        (wrong if error.wrong else failed)(str(error))
    except StoreError as error:
        failed(str(error))
    except OSError as error:
        failed(f"写不了文件 {error.filename or output or '（标准输出）'}：{error.strerror}")
    if written:
        click.echo(f"已写入 {'、'.join(map(str, written))}。", err=True)
