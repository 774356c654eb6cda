"""The open data beside the report: CSV files for anybody's spreadsheet, and the dictionary that says what each column means."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from auditor.language import say, spoken
from auditor.model import History
from reports import text
from reports.exports.csv import line
from reports.masking import masked
from reports.open_data.columns import Cell, Column, Table
from reports.open_data.of_barriers import BARRIERS, RULES
from reports.open_data.of_groups import GOALS, GROUPS, INDICATORS
from reports.open_data.of_sites import CONFORMANCE, INDEX, SITES
from reports.open_data.rows import Gathered
from reports.pages import Document, Section, made, paragraph, piece, table, write

ALL_SITES = True
FOLDER = "data"
PATH = f"{FOLDER}/index.html"
TABLES: tuple[Table, ...] = (SITES, CONFORMANCE, INDEX, GROUPS, INDICATORS, GOALS, BARRIERS, RULES)
PATHS = tuple(f"{FOLDER}/{name}.csv" for name in (*(one.name for one in TABLES), "dictionary"))
"""Where the files lie in the report."""
DICTIONARY = ("file", "column", "type", "unit", "meaning", "source")
LONGEST = 2000
"""Characters of a cell."""
TYPE = {
    "string": ("文字", "text"), "integer": ("整数", "whole number"), "decimal": ("小数", "decimal"), "date": ("日期（年-月-日）", "date"),
    "anyURI": ("网址", "address"),
}  # fmt: skip


def files(history: History) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Every CSV file as (path, its lines): UTF-8 with a mark, RFC 4180, no cell that a spreadsheet would calculate.

    Lines are made as they are asked for, one site at a time, so that a year of many sites takes no more memory than one.
    """
    told = Gathered(history)
    for path, one in zip(PATHS, TABLES, strict=False):
        yield path, _lines([column.key for column in one.columns], _rows(one, told))
    yield PATHS[-1], _lines(DICTIONARY, dictionary())


def file_of(history: History, path: str) -> bytes | None:
    """One CSV file as a whole; None where there is none of this path."""
    return next((b"".join(lines) for name, lines in files(history) if name == path), None)


def dictionary() -> Iterator[list[Cell]]:
    """The data dictionary, one row for each column of each file, in the language that is told now."""
    for one in TABLES:
        for column in one.columns:
            yield [f"{one.name}.csv", column.key, column.kind, say(*column.unit), say(*column.meaning), column.source]


def _rows(one: Table, told: Gathered) -> Iterator[list[Cell]]:
    return ([_cell(column.value(row)) for column in one.columns] for row in one.rows(told))


def _cell(value: Cell) -> Cell:
    """The same, text on one line with nothing hidden and nothing personal that does harm."""
    return text.line(text.visible(masked(value, language=spoken())), LONGEST) if isinstance(value, str) else value


def _lines(head: Iterator[str] | list[str] | tuple[str, ...], rows: Iterator[list[Cell]]) -> Iterator[bytes]:
    yield "\ufeff".encode() + line(head)
    yield from map(line, rows)


# ---------------------------------------------------------------------------------------------- the page


def render(history: History) -> Iterator[tuple[str, bytes]]:
    """data/index.html: the files with the dictionary."""
    yield from write(
        Document(
            path=PATH.removesuffix(".html"),
            title=say("开放数据和数据字典", "Open data and dictionary"),
            lead=piece("parts.html", "disclaimer") + Markup().join(map(paragraph, _lead())),
            sections=(_files(), *map(_section, TABLES)),
            trail=((say("全市总览", "All sites"), "index.html"),),
            foot=made(history),
        )
    )


def _lead() -> Iterator[str]:
    yield say(
        "这里的数据与报告网页由同一次计算得出，供研究和再利用。文件是 UTF-8 编码的 CSV，第一行是列名，表格软件和程序都能打开。",
        "These data come from the same computation as the pages and are there for research and further use. Files are CSV in UTF-8; the "
        "first row names the columns.",
    )
    yield say(
        "引用时请连同置信区间和日期一起引用，并说明是自动检测范围内的结果；空白是没有数据，不是零。",
        "Please quote the numbers with their intervals and dates, and as what a program can find. A blank cell is no data, not zero.",
    )
    yield say(
        "检测规则更换以前和以后的指数不能直接比较，请用换算以后的列（index_linked）。使用许可由发布这些数据的单位注明。",
        "Indices from before and after a change of the rules cannot be compared as they are: use the column index_linked. The licence is "
        "for whoever publishes these data to state.",
    )


def _files() -> Section:
    rows = [
        piece("open_data.html", "file", name=f"{one.name}.csv", title=say(*one.title), about=say(*one.about), columns=len(one.columns))
        for one in TABLES
    ]
    rows.append(piece(
        "open_data.html", "file", name="dictionary.csv", title=say("数据字典", "Dictionary"), columns=len(DICTIONARY),
        about=say("下面各表的内容，一列一行。", "What stands below, one row for each column."),
    ))  # fmt: skip
    heads = [say("文件", "File"), say("内容", "What it holds"), say("列数", "Columns")]
    title = say("文件", "Files")
    return table("files", title, Markup(), say("开放数据的文件", "Files of open data"), heads, rows, counts=heads[2:])


def _section(one: Table) -> Section:
    heads = [
        say("列", "Column"),
        say("类型", "Type"),
        say("单位", "Unit"),
        say("含义", "Meaning"),
        say("算法出处", "Source of the formula"),
    ]
    rows = [_row(column) for column in one.columns]
    title = f"{one.name}.csv{say('：', ': ')}{say(*one.title)}"
    caption = say(f"{one.name}.csv 的各列", f"Columns of {one.name}.csv")
    return table(one.name, title, paragraph(say(*one.about)), caption, heads, rows)


def _row(column: Column) -> Markup:
    return piece(
        "open_data.html", "column", key=column.key, kind=say(*TYPE[column.kind]), unit=say(*column.unit), meaning=say(*column.meaning),
        source=column.source,
    )  # fmt: skip
