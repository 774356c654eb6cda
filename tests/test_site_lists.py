"""The list of sites is kept without YAML: in forms, and as a table that goes out to a spreadsheet and comes back."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import openpyxl
import pytest
from bs4 import BeautifulSoup
from consoles import TARGETS, Browser, service

from auditor import site_lists, target_edits, target_tree
from auditor.accounts import Role
from auditor.acting_sites import Unfit, take
from auditor.service import Service
from auditor.site_lists import Row, Unreadable
from auditor.store_log import Act, Actor, LogBook
from auditor.web.app import LARGEST_FILE

COMMENTED = TARGETS.replace("sites:\n", "sites:  # 名单\n  # 第一个\n") + (
    "  - id: four\n    name: 四号网站   # 原来叫某网\n    url: http://www.four.test/\n    category: school\n"
    '    region: "990000"\n    enabled: false\n    note: "第一行\\n第二行"\n\n  # 结尾的话\n'
)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Service]:
    running = service(tmp_path, COMMENTED)
    yield running
    running.close()


def send(browser: Browser, content: bytes, what: str = "write", name: str = "t.csv") -> httpx.Response:
    form: dict[str, object] = {"form-token": browser.token, "what": what}
    return browser.ask("POST", "/list/import", form=form, files={"table": (name, content, "application/octet-stream")})


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def table(*lines: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue().encode()


# ---------------------------------------------------------------------------------------------- forms


def test_a_site_is_changed_in_a_form_and_nothing_else_in_the_file(made: Service) -> None:
    operator, before = Browser(made).sign_in(Role.OPERATOR), made.path.read_text(encoding="utf-8")
    page = operator.page("/list/sites/four/edit")
    form = {str(one["name"]): str(one.get("value", "")) for one in page.select("form[action$=edit] input:not([type=radio])")}
    assert form["name"] == "四号网站" and page.select_one("textarea#note").get_text(strip=True) == "第一行\n第二行"  # type: ignore[union-attr]
    said = {**form, "category": "学校", "region": "990000", "enabled": "是", "note": "第一行\n第二行"}
    said |= {"name": "四号“新”网站", "owner": "丁局"}
    said.pop("form-token")
    assert operator.post("/list/sites/four/edit", **said).headers["location"] == "/sites/four?done=saved"
    after = made.path.read_text(encoding="utf-8")
    assert after == before.replace("name: 四号网站 ", 'name: "四号“新”网站" ').replace("enabled: false", "enabled: true").replace(
        "  - id: four\n", "  - id: four\n    owner: 丁局\n"
    )
    target = made.target("four")
    assert target is not None and (target.site.name, target.site.owner, target.enabled) == ("四号“新”网站", "丁局", True)
    with made.read() as store:
        (entry,) = LogBook(store).entries(1)
    assert (entry.act, entry.who, entry.detail) == (Act.SITES_CHANGED, "caozuo", "four 的名称、主办单位、启用")


def test_another_host_has_to_be_confirmed_anew_and_the_same_has_not(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    said = {"name": "一号网站", "category": "政府门户", "region": "990000", "owner": "甲局", "enabled": "是"}
    assert operator.post("/list/sites/one/edit", **said, url="http://www.one.test/index.html").status_code == 303
    target = made.target("one")
    assert target is not None and target.confirmed is not None
    assert operator.post("/list/sites/one/edit", **said, url="http://other.test/").status_code == 303
    target = made.target("one")
    assert target is not None and target.confirmed is None and "确认可以访问" in operator.page("/sites/one").get_text()


def test_a_site_is_added_and_waits_for_its_confirmation(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    said = {"id": "five", "name": "五号网站", "url": "http://www.five.test/", "category": "医院", "region": "990000", "enabled": "是"}
    assert operator.post("/list/new", **said).headers["location"] == "/list?done=saved"
    target = made.target("five")
    assert target is not None and target.site.category == "hospital" and target.confirmed is None
    assert "网址待确认" in operator.page("/list").get_text()
    again = operator.post("/list/new", **said)
    assert again.status_code == 422 and "已经有这个编号" in again.text


@pytest.mark.parametrize(
    ("field", "value"),
    [("url", "ftp://x"), ("name", " "), ("region", "111111"), ("id", "大写"), ("id", ""), ("legal_basis", "第三十二条"), ("url", "http://www.one.test/")],
)
def test_a_form_that_is_wrong_says_where_and_leaves_the_file_alone(made: Service, field: str, value: str) -> None:
    operator, before = Browser(made).sign_in(Role.OPERATOR), made.path.read_bytes()
    said = {"id": "five", "name": "五", "url": "http://www.five.test/", "category": "医院", "region": "990000", "enabled": "是"}
    said[field], name = value, field.replace("_", "-")
    page = BeautifulSoup(operator.post("/list/new", **said).content, "lxml")
    assert page.select_one(f".errors a[href='#{name}']") is not None, page.select_one(".errors")
    assert page.select_one(f"#{name}") is not None and made.path.read_bytes() == before and made.target("five") is None


def test_a_site_that_is_removed_keeps_its_history(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    assert operator.post("/list/sites/two/remove").status_code == 422
    assert operator.post("/list/sites/two/remove", sure="yes").headers["location"] == "/list?done=removed"
    assert made.target("two") is None and "  # 结尾的话" in made.path.read_text(encoding="utf-8")
    with made.read() as store:
        assert store.runs("two") and store.issues("two")


# ---------------------------------------------------------------------------------------------- tables


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_that_went_out_comes_back_without_a_change(made: Service, kind: str) -> None:
    operator, before = Browser(made).sign_in(Role.OPERATOR), made.path.read_bytes()
    content = operator.get(f"/list/sites.{kind}").content
    answer = send(operator, content, name=f"sites.{kind}")
    assert answer.status_code == 200 and "与清单一致" in answer.text and made.path.read_bytes() == before


def test_a_table_from_a_spreadsheet_changes_and_adds(made: Service, tmp_path: Path) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    book = openpyxl.load_workbook(io.BytesIO(operator.get("/list/sites.xlsx").content))
    sheet = book.active
    assert sheet is not None and [cell.value for cell in sheet[1]][:3] == ["编号", "名称", "网址"]
    sheet.cell(row=3, column=6).value = "新局"
    sheet.append(["five", "五号网站", "http://www.five.test/", "学校", 990000, "戊局", None, "否"])
    out = io.BytesIO()
    book.save(out)
    tried = send(operator, out.getvalue(), "check", "t.xlsx")
    assert "还没有写入" in tried.text and "新增 five" in tried.text and made.target("five") is None
    done = send(operator, out.getvalue(), "write", "t.xlsx")
    assert "已写入清单" in done.text and "two：主办单位" in done.text
    two, five = made.target("two"), made.target("five")
    assert two is not None and two.site.owner == "新局" and two.confirmed is not None
    assert five is not None and (five.site.region, five.site.category, five.enabled) == ("990000", "school", False)


def test_rows_are_named_as_the_spreadsheet_numbers_them_also_below_empty_ones() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for number, cells in ((1, ("编号", "名称")), (2, ("one", "一")), (5, ("two", "二")), (6, ("three", "三"))):
        for column, cell in enumerate(cells, 1):
            sheet.cell(number, column, cell)
    out = io.BytesIO()
    book.save(out)
    assert [(row.number, row.values["id"]) for row in site_lists.read("t.xlsx", out.getvalue())] == [(2, "one"), (5, "two"), (6, "three")]


def test_columns_that_a_table_does_not_have_stay_as_they_are(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    send(operator, table(["主办单位", "编号", "备注"], ["庚局", "one", "x"]))
    one = made.target("one")
    assert one is not None and (one.site.owner, one.site.name, one.enabled) == ("庚局", "一号网站", True)


def test_mistakes_are_told_by_row_and_nothing_is_written(made: Service) -> None:
    operator, before = Browser(made).sign_in(Role.OPERATOR), made.path.read_bytes()
    wrong = table(
        ["编号", "名称", "网址", "类别", "区划代码"], ["one", "改了", "http://www.one.test/", "政府门户", "990000"],
        ["five", "五", "javascript:alert(1)", "大学", "990000"], ["six", "六", "http://www.six.test/", "学校", "123456"],
    )  # fmt: skip
    page = BeautifulSoup(send(operator, wrong).content, "lxml")
    told = [item.get_text() for item in page.select("main li")]
    assert any(one.startswith("第 3 行：网址：") for one in told) and any(one.startswith("第 3 行：类别：") for one in told)
    assert any(one.startswith("第 4 行：区划代码：") for one in told) and not any(one.startswith("第 2 行") for one in told)
    assert made.path.read_bytes() == before
    twice = send(operator, table(["编号", "名称"], ["one", "a"], ["one", "b"]))
    assert "第 3 行：编号与上面的一行重复" in twice.text and made.path.read_bytes() == before


def test_as_many_rows_as_a_table_may_have_are_each_looked_at_once_for_repetitions(made: Service) -> None:
    asked = 0

    class Asked(dict[str, object]):
        def __getitem__(self, key: str) -> object:
            nonlocal asked
            asked += 1
            return super().__getitem__(key)

    rows = [Row(number=number, values=Asked(id=f"s{number % 500}")) for number in range(2, 1002)]
    with pytest.raises(Unfit) as told:
        take(made, Actor(name="caozuo", role="operator"), rows, write=False)
    assert set(told.value.found) == set(range(502, 1002)) and asked <= 3 * len(rows)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "请选择一个"), (b"\xff\xfe\x00", "不是 CSV"), (table(["名称"], ["x"]), "至少要有“编号”"), (b"PK\x03\x04broken", "没能打开"),
        (table(["编号", "编号"], ["a", "b"]), "出现了两次"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_a_sentence(made: Service, content: bytes, sentence: str) -> None:
    answer = send(Browser(made).sign_in(Role.OPERATOR), content)
    assert answer.status_code == 422 and sentence in answer.text


def test_bombs_do_not_go_off_and_large_files_are_not_read(made: Service) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 300_000_000)
    with pytest.raises(Unreadable, match="压缩"):
        site_lists.read("x.xlsx", packed.getvalue())
    operator = Browser(made).sign_in(Role.OPERATOR)
    assert send(operator, b"x" * LARGEST_FILE).status_code == 413
    assert operator.ask("POST", "/list/new", form={"form-token": operator.token}, files={"table": ("t", b"x")}).status_code == 415


def test_cells_cannot_become_formulas_in_a_spreadsheet_and_come_back_as_they_were(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    send(operator, table(["编号", "说明"], ["one", "=HYPERLINK(1)"]))
    one = made.target("one")
    assert one is not None and one.note == "=HYPERLINK(1)"
    out = operator.get("/list/sites.csv").content
    assert "'=HYPERLINK(1)" in rows_of(out)[1] and "与清单一致" in send(operator, out).text


def test_chinese_spreadsheets_write_another_encoding(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    send(operator, "编号,主办单位\r\none,壬局\r\n".encode("gb18030"))
    one = made.target("one")
    assert one is not None and one.site.owner == "壬局"


# ---------------------------------------------------------------------------------------------- who, and the text itself


def test_an_owner_takes_the_own_sites_along_and_changes_none(made: Service) -> None:
    owner = Browser(made).sign_in(Role.OWNER)
    assert [row[0] for row in rows_of(owner.get("/list/sites.csv").content)] == ["编号", "one"]
    assert {owner.get(path).status_code for path in ("/list", "/list/new", "/list/import", "/list/sites/one/edit")} == {403}
    assert send(owner, b"x").status_code == 403
    federation = Browser(made).sign_in(Role.FEDERATION)
    assert federation.post("/list/sites/one/remove", sure="yes").status_code == 403


@pytest.mark.parametrize(
    "sites",
    [
        "sites: []\n", 'sites: [{id: a, name: A, url: "http://a.test/"}]\nlast: 1\n',
        "sites:\n- id: a\n  name: A\n  note: |\n    x\n    y\nlast: 1\n",
        "sites:\r\n  - {id: a, name: A}  # end\r\n  - id: b\r\n    owner:\r\n    name: B\r\n",
    ],
)  # fmt: skip
def test_the_text_means_what_was_asked_for_however_it_is_written(sites: str) -> None:
    tree, _ = target_tree.read(sites)
    assert tree is not None
    plain = target_tree.plain(tree)["sites"]
    rows = [
        *({"id": one["id"], "name": 'N "1"', "note": "x: y # z", "owner": "甲\n乙", "enabled": False} for one in plain),
        {"id": "new", "name": "新"}, {"id": "newer", "enabled": True, "confirmed": None},
    ]  # fmt: skip
    after, wanted = target_edits.changed(sites, tree.value["sites"], plain, rows)
    again, problems = target_tree.read(after)
    assert again is not None and problems == [] and target_tree.plain(again)["sites"] == wanted
    assert target_tree.plain(again).get("last") == target_tree.plain(tree).get("last")
    gone, _ = target_tree.read(target_edits.without(after, again.value["sites"], {"new", "a"}))
    assert gone is not None and [one["id"] for one in target_tree.plain(gone)["sites"]] == [
        one["id"] for one in wanted if one["id"] not in ("new", "a")
    ]
