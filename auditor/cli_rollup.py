"""The command for whoever looks after several cities: their open data in one set of tables."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.cli_shared import Command, failed


@click.command(cls=Command)
@click.argument("cities", nargs=-1, required=True, metavar="城市=报告目录…")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("out/rollup"), show_default=True, help="输出目录。")
def rollup(cities: tuple[str, ...], out: Path) -> None:
    """汇总：把几个城市的开放数据合成一套表格。

    每个城市各有自己的网站清单、数据库和服务，各自用 auditor report 生成报告；这里读取各报告目录中的 data/*.csv，
    在每一行前面加上城市，合成各站点、各地区、各类别和历次指数的总表。不读数据库，也不另算跨城市的平均数。
    """
    from auditor.rolling_up import Unfit, roll_up

    found: dict[str, Path] = {}
    for told in cities:
        city, equals, folder = told.partition("=")
        if not (equals and city.strip() and folder) or city.strip() in found:
            raise click.BadParameter(f"{told}：要写成“城市=报告目录”，每个城市一次，如 济宁市=/srv/jining/out/site。")
        found[city.strip()] = Path(folder)
    try:
        counts = roll_up(found, out)
    except Unfit as error:
        failed(str(error))
    except (OSError, UnicodeDecodeError) as error:
        failed(f"没有写成：{error}")
    click.echo(f"{len(found)} 个城市的数据已合并到 {out}：{'，'.join(f'{name} {many} 行' for name, many in counts.items())}。")
