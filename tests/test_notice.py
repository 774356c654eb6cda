"""The draft of a letter to a site's owner has the layout of official letters, says what it must, and hostile text stays inert in it."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from histories import HOSTILE, history, hostile_history, rendered

from auditor.model import History
from reports import notice

SENT = "sites/shi.notice.docx"
HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def letter(content: bytes) -> docx.document.Document:
    return docx.Document(io.BytesIO(content))


def paragraphs(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in letter(content).paragraphs if paragraph.text]


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as kept:
        return {name: kept.read(name).decode() for name in kept.namelist() if name.endswith((".xml", ".rels"))}


def test_a_letter_says_to_whom_what_was_found_what_to_do_first_and_what_it_is_not() -> None:
    said = paragraphs(rendered()[SENT])
    assert said[1] == "关于修复某市人民政府信息无障碍问题的通知" and said[2] == "市政府办公室："
    assert [line for line in said if line.startswith(("一、", "二、", "三、"))] == ["一、检测情况", "二、请先修复的问题", "三、办理要求"]
    text = "\n".join(said)
    for expected in (
        "《中华人民共和国无障碍环境建设法》", "查到需要修复的问题 4 组，其中 1 组使一部分人完全受阻", "自动检测范围内", "不等于没有障碍",
        "不是国家的无障碍信息评测、标识或者认证", "对检测结果有不同意见的", "附件：请先修复的问题", notice.ISSUER, notice.DAY,
    ):  # fmt: skip
        assert expected in text, expected
    assert not re.search("务必|责令|通报批评|追究", text), "a notice blames nobody"


def test_its_table_names_the_first_ten_with_who_is_shut_out_and_repeats_its_head() -> None:
    (table,) = letter(rendered()[SENT]).tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0] == ["序号", "问题和位置", "谁会受阻", "范围", "工作量", "编号"] and [row[0] for row in rows[1:]] == ["1", "2", "3", "4"]
    assert rows[1][1].startswith("图片没有替代文本：") and "使用读屏软件的盲人" in rows[1][2]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_its_layout_is_that_of_official_letters_and_its_language_chinese() -> None:
    made = letter(rendered()[SENT])
    first = made.sections[0]
    millimetres = [round(side.mm) for side in (first.page_width, first.page_height, first.top_margin, first.left_margin)]  # type: ignore[union-attr]
    assert millimetres == [210, 297, 37, 28]
    assert round((first.page_width - first.left_margin - first.right_margin) / 36000) == 156  # type: ignore[operator]
    assert [paragraph.style.name for paragraph in made.paragraphs if paragraph.style.name != "Normal"] == [  # type: ignore[union-attr]
        "Heading 1", "Heading 2", "Heading 2", "Heading 2", "Heading 1",
    ]  # fmt: skip
    footed = "".join(found.text or "" for found in first.footer._element.iter(qn("w:t")))
    assert footed == "— 1 —" and first.footer.paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.RIGHT
    assert first.even_page_footer.paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.LEFT
    assert made.core_properties.language == "zh-CN" and "无障碍问题的通知" in made.core_properties.title
    languages = {
        found
        for text in parts(rendered()[SENT]).values()
        for found in re.findall(r'<w:(?:lang|themeFontLang) [^>]*w:eastAsia="([^"]+)"', text)
    }
    assert languages == {"zh-CN"}
    assert "仿宋_GB2312" in parts(rendered()[SENT])["word/document.xml"]


def test_nobody_is_written_to_where_nothing_was_found_or_nothing_could_be_judged() -> None:
    assert [path for path in rendered() if path.endswith(".docx")] == [SENT], "neither the clean site nor those that could not be judged"


@pytest.mark.parametrize("known", [history(), hostile_history()])
def test_the_same_history_gives_the_same_letter(known: History) -> None:
    assert dict(notice.render(known)) == dict(notice.render(known)) != {}


def test_hostile_text_is_inert_in_a_letter() -> None:
    known = hostile_history()
    (site,) = known.sites
    subject = replace(site.target.site, name=f"门户{HOSTILE}\ud800", owner=f"=cmd|' /C calc'!A0{HOSTILE}")
    awful = replace(known, sites=(replace(site, target=replace(site.target, site=subject)),))
    ((_, content),) = notice.render(awful)
    for name, text in parts(content).items():
        assert not HIDDEN.search(text), name
        assert "<script" not in text and "<img" not in text and "&#8238;" not in text, name
        assert "<w:hyperlink" not in text and "w:fldChar" not in text and 'TargetMode="External"' not in text, name
    assert "[U+202E]" in "".join(paragraphs(content)) and "[U+D800]" in "".join(paragraphs(content))
    assert len(content) < 200_000
