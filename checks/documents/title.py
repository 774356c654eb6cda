"""The title is what a person with several documents open hears first; without one it is a file name."""

from __future__ import annotations

import re

from checks.attachments import READABLE, Facts, Hit, Impact, attachment_check, docx, failed, ofd, passed, pdf, pptx, unsure, xlsx

MADE_UP = re.compile(
    r"(?:Microsoft (?:Word|Excel|PowerPoint) ?-.*|(?:PowerPoint )?演示文稿\d*|PowerPoint Presentation"
    r"|新建\s*(?:(?:Microsoft|Office|WPS)\s*)*(?:Word|Excel|PowerPoint|DOCX?|XLSX?|PPTX?|文本|文字)?\s*"
    r"(?:文档|工作表|工作簿|表格|演示文稿|演示)\s*(?:[(（]?\d+[)）]?)?(?:\.[a-z]+)?"
    r"|文档\s*\d+|工作簿\s*\d+|Untitled.*|无标题"
    r"|(?:Document|Book|Presentation)\s*\d*|.*\.(?:docx?|wps|xlsx?|et|pptx?|pdf|indd|cdr|tmp)|[\d\W_]+)",
    re.IGNORECASE,
)
"""Titles that a program made up, or that are file names."""


@attachment_check(
    id="file-title",
    kinds=READABLE,
    criteria=("2.4.2",),
    impact=Impact.MODERATE,
    title="文档没有标题",
    title_en="Document has no title",
    who="使用读屏软件的盲人打开文件首先听到标题；没有标题，听到的是一串文件名，同时打开几份文件时分不清哪份是哪份。",
    who_en="Blind people hear the title first; without one they hear a file name and cannot tell open documents apart.",
    repair=(
        "Word、WPS：“文件”→“信息（文档信息、属性）”，在“标题”一栏写上文件的全称，保存后再导出 PDF。",
        "只有 PDF 的：用 Acrobat 打开“文件”→“属性”，填写“标题”；在“初始视图”里把“显示”选为“文档标题”。",
    ),
    repair_en=(
        "Word, WPS: write the full name of the document into “Title” under File, Info, and export again.",
        "PDF only: fill in the title under File, Properties, and show the document title in the initial view.",
    ),
    verify="打开文件，窗口标题栏上是文件的全称，而不是文件名。",
    before="文档属性：标题：（空）",
    after="文档属性：标题：云浔市残疾人补贴发放办法",
    bad=(pdf(title=""), docx(title=""), xlsx(title=""), pptx(title=""), ofd(title="")),
    unsure=(
        pdf(title="Microsoft Word - 新建文档.doc"), pdf(shows_title=False),
        docx(title="文档1"), docx(title="新建 DOCX 文档 (2)"), pptx(title="PowerPoint 演示文稿"),
    ),
    good=(pdf(), docx(), pdf(title="新建住宅交付使用文档管理办法"), xlsx(), pptx(), ofd(), docx(shows_title=False)),
)
def file_title(facts: Facts) -> Hit | None:
    """PDF18: dc:title or Info/Title; that the window does not show it (DisplayDocTitle) is put to a person."""
    title = facts["title"]
    if not title:
        return failed("文档属性里没有标题")
    if MADE_UP.fullmatch(title):
        return unsure(f"标题是“{title}”，看来是软件自动写的，请改成文件的全称")
    if facts["kind"] == "pdf" and not facts["shows_title"]:
        return unsure(f"标题是“{title}”，但窗口显示的是文件名；请在“初始视图”里选“文档标题”")
    return passed()
