"""The list of issues as CSV and XLSX: what owners and open data read in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json

from materials import SPREADSHEET, exported, hostile, material

from reports.columns import COLUMNS
from reports.exports.csv import beside, defused


def table(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_csv_tells_every_issue_once_with_what_an_owner_asks() -> None:
    found = table(exported("csv"))
    assert [*found[0]] == [column.title for column in COLUMNS]
    assert {"站点", "网址", "标准条款", "等级", "问题", "位置", "影响页数", "首次发现", "最近一次核实", "状态", "修复建议"} <= {*found[0]}
    issues = list(material().subjects[0].urgent())
    assert [row["问题编号"] for row in found] == [issue.id for issue in issues]
    logo = next(row for row in found if row["问题编号"] == "i7")
    assert (logo["站点"], logo["影响页数"], logo["状态"], logo["等级"]) == ("某市人民政府", "40", "未修复", "A")
    assert (logo["标准条款"], logo["首次发现"], logo["最近一次核实"]) == ("1.1.1 非文本内容", "2026-11-03", "2026-11-23")
    states = {row["问题编号"]: (row["状态"], row["最近一次核实"]) for row in found}
    assert states["i301"] == ("最近一次未能复查", ""), "nobody looked: no day is made up"
    assert states["i200"] == ("已修复", "2026-11-20")
    assert next(row["人工决定"] for row in found if row["问题编号"] == "i302") == "暂不整改"


def test_english_csv_has_english_heads_and_words() -> None:
    found = table(exported("csv", material(language="en")))
    assert [*found[0]] == [column.title_en for column in COLUMNS]
    assert {row["State"] for row in found} >= {"open", "fixed", "not observed"} and found[0]["Criteria"] == "1.1.1 Non-text Content"


def test_no_cell_of_csv_is_calculated() -> None:
    assert all(defused(text).startswith("'") for text in SPREADSHEET) and defused("1-2 =") == "1-2 ="
    for row in table(exported("csv", hostile())):
        for title, cell in row.items():
            assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝")), (title, cell[:40])
            assert "\n" not in cell and len(cell) <= 2001


def test_the_data_dictionary_of_csv_describes_every_column_in_its_order() -> None:
    (name, content), *others = beside(material(), "list.csv").items()
    described = json.loads(content)
    assert (name, others, described["url"]) == ("list.csv-metadata.json", [], "list.csv")
    columns = described["tableSchema"]["columns"]
    assert [column["titles"]["zh"] for column in columns] == list(table(exported("csv"))[0])
    assert all(column["dc:description"]["zh"].endswith("。") and column["dc:description"]["en"] for column in columns)
    assert "不是符合性声明" in described["dc:description"]
