"""The list of issues as CSV and XLSX: what owners and open data read in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import re

import openpyxl
import pytest
from materials import SPREADSHEET, exported, hostile, material

from reports.columns import COLUMNS
from reports.exports import xlsx
from reports.exports.csv import beside, defused
from reports.words import group_number


def table(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_csv_tells_every_issue_once_with_what_an_owner_asks() -> None:
    found = table(exported("csv"))
    assert [*found[0]] == [column.title for column in COLUMNS]
    assert {"站点", "网址", "标准条款", "等级", "问题", "位置", "影响页数", "首次发现", "最近一次核实", "状态", "修复建议"} <= {*found[0]}
    issues = list(material().subjects[0].urgent())
    assert [row["问题编号"] for row in found] == [issue.id for issue in issues]
    assert [row["部件编号"] for row in found] == [group_number(issue.group) for issue in issues], "as long as in the report"
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


# ---------------------------------------------------------------------------------------------- the workbook


def book(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_the_workbook_is_a_work_list_with_dictionary_and_coverage() -> None:
    found = book(exported("xlsx"))
    work, dictionary, coverage = found.worksheets
    assert found.sheetnames == ["问题清单", "字段说明", "检测范围"]
    issues = [issue for subject in material().subjects for issue in subject.urgent()]
    assert (work.freeze_panes, work.auto_filter.ref, work.max_row) == ("A2", f"A1:Y{len(issues) + 1}", len(issues) + 1)
    heads = [cell.value for cell in work[1]]
    assert heads == [*(column.title for column in COLUMNS), "处理情况", "负责人", "备注"]
    assert work.column_dimensions["B"].width > 40
    first = {head: cell.value for head, cell in zip(heads, work[2], strict=True)}
    assert first["影响页数"] == 40 and first["首次发现"].date().isoformat() == "2026-11-03" and first["状态"] == "未修复"
    (choices,) = work.data_validations.dataValidation
    assert "处理中" in choices.formula1 and str(choices.sqref).startswith("W2:W")
    assert [row[0].value for row in dictionary.iter_rows(min_row=2)][: len(heads)] == heads
    assert coverage.max_row == 1 + sum(len(list(subject.ledger())) for subject in material().subjects)
    assert {row[3].value for row in coverage.iter_rows(min_row=2)} >= {"已检测", "超出本次检测量", "打开超时"}
    assert found.properties.title.startswith("某市人民政府") and "不是符合性声明" in found.properties.description


def test_nothing_in_the_workbook_is_a_formula_or_a_link_or_cannot_be_shown() -> None:
    for sheet in book(exported("xlsx", hostile())).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f" and cell.hyperlink is None
                assert cell.value is None or not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066\ud800]", str(cell.value))


def test_a_list_that_is_longer_than_a_sheet_goes_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "ROWS", 30)
    found = book(exported("xlsx"))
    assert found.sheetnames[:4] == ["问题清单", "字段说明", "检测范围", "问题清单 2"] and "检测范围 2" in found.sheetnames
    ids = [row[21].value for name in found.sheetnames if name.startswith("问题清单") for row in found[name].iter_rows(min_row=2)]
    assert ids == [issue.id for subject in material().subjects for issue in subject.urgent()]
    assert all(sheet.max_row <= 31 and sheet.freeze_panes == "A2" and sheet.cell(1, 1).value for sheet in found.worksheets)
