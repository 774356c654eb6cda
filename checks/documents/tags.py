"""Without tags a screen reader guesses what is heading, table or order of reading, or reads nothing at all."""

from __future__ import annotations

from checks.attachments import Facts, Hit, Impact, attachment_check, failed, passed, pdf, unsure

TAG_REPAIR = (
    "用 WPS 或 Word 打开原稿，正文标题用“标题 1、标题 2”样式，再导出 PDF：Word 在“另存为 PDF”的“选项”里勾选“文档结构标记用于辅助功能”，"
    "WPS 在“输出为 PDF”的“设置”里勾选导出文档结构。不要用“打印为 PDF”。",
    "只有 PDF、没有原稿的，用 Acrobat 的“辅助工具”→“自动标记文档”，再逐页核对阅读顺序。",
    "用新文件替换网站上的旧文件；正文不长的，直接把内容发布成网页更好。",
)
TAG_REPAIR_EN = (
    "Open the source in WPS or Word, use heading styles, and export with document structure tags; do not print to PDF.",
    "Where only the PDF exists, use “Autotag document” in Acrobat's accessibility tools and check the reading order page by page.",
    "Replace the file on the site; short texts are better published as a web page.",
)


@attachment_check(
    id="file-untagged",
    kinds=("pdf",),
    criteria=("1.3.1",),
    impact=Impact.CRITICAL,
    shuts=True,
    title="PDF 没有结构标签",
    title_en="PDF is not tagged",
    who="使用读屏软件的盲人打开这份文件，听不出标题、列表和表格，双栏文字会串行，有的软件干脆读不出内容。",
    who_en="Blind people hear no headings, lists or tables, columns are mixed up, and some screen readers read nothing at all.",
    repair=TAG_REPAIR,
    repair_en=TAG_REPAIR_EN,
    verify="用 Acrobat 打开，“文件”→“属性”里“加标签的 PDF”显示“是”；用读屏软件按 H 键能在标题之间跳转。",
    before="文件属性：加标签的 PDF：否",
    after="文件属性：加标签的 PDF：是",
    bad=(pdf(tagged=False, marked=False, tree=False), pdf(tagged=False, marked=False), pdf(tagged=False, marked=True)),
    good=(pdf(), pdf(headings=[])),
)
def file_untagged(facts: Facts) -> Hit | None:
    """MarkInfo.Marked is true and the structure tree has elements (Matterhorn 01-006, 06-*); one without the other is no tagging."""
    if facts["tagged"]:
        return passed()
    half = "没有结构标签"
    if facts["marked"] or facts["tree"]:
        half = "标明有标签，结构树却是空的" if facts["marked"] else "有结构树，却没有标明自己带标签（MarkInfo），多数软件不会用它"
    made = f"（由 {facts['made_with']} 生成）" if facts["made_with"] else ""
    return failed(f"这份 {facts['pages']} 页的 PDF {half}{made}；请从原稿重新导出带标签的 PDF")


@attachment_check(
    id="file-tags-suspect",
    kinds=("pdf",),
    criteria=("1.3.1",),
    impact=Impact.MODERATE,
    title="PDF 的结构标签未经核对",
    title_en="Tags of the PDF are marked as suspect",
    who="标签是软件猜出来的，使用读屏软件的盲人可能听到次序颠倒、把正文当标题的内容。",
    who_en="The tags were guessed by a program: blind people may hear things in the wrong order.",
    repair=("用 Acrobat 打开“标签”和“阅读顺序”面板，逐页核对并改正。", "核对完后，在标签面板的选项里取消“文档可能有错误标记”。"),
    repair_en=("Check tags and reading order page by page in Acrobat.", "Then clear the mark that the tags may be wrong."),
    verify="Acrobat 的辅助功能检查不再提示标签可疑。",
    before="标记信息：Suspects = true",
    after="标记信息：Suspects = false",
    unsure=(pdf(suspects=True),),
    good=(pdf(), pdf(suspects=True, tagged=False)),
)
def file_tags_suspect(facts: Facts) -> Hit | None:
    """MarkInfo.Suspects (Matterhorn 07-001 neighbours)."""
    if not facts["tagged"]:
        return None
    return unsure("文件自己标明结构标签可能有错（Suspects），请核对阅读顺序") if facts["suspects"] else passed()
