"""Ways through a long document: bookmarks, and the order in which Tab moves."""

from __future__ import annotations

from checks.attachments import Facts, Hit, Impact, attachment_check, ofd, passed, pdf, unsure

LONG = 20
"""Pages above which a document should have bookmarks (methods.md 6)."""


@attachment_check(
    id="file-bookmarks",
    kinds=("pdf", "ofd"),
    criteria=("2.4.5",),
    impact=Impact.MODERATE,
    title="长文档没有书签（目录大纲）",
    title_en="Long document has no bookmarks",
    who="在几十上百页的文件里，使用键盘、放大镜或读屏软件的人只能一页一页地翻，很难找到要看的部分。",
    who_en="In a long file people using keyboard, magnifier or screen reader must go through page by page.",
    repair=("原稿用标题样式，导出 PDF 时勾选“使用标题创建书签”。", "只有 PDF 的：用 Acrobat 的“书签”面板→“从结构新建书签”。"),
    repair_en=("Use heading styles and let the export make bookmarks of them.", "PDF only: “New bookmarks from structure” in Acrobat."),
    verify="打开文件，左侧的书签（大纲）列出各章节，点一下就能到。",
    before="86 页，没有书签",
    after="86 页，书签列出 9 章",
    unsure=(pdf(pages=21), ofd(pages=60)),
    good=(pdf(), pdf(pages=60, bookmarks=12), ofd(pages=60, bookmarks=4), pdf(pages=20)),
)
def file_bookmarks(facts: Facts) -> Hit | None:
    """PDF2 is one sufficient way among others, so a person decides."""
    if facts["pages"] <= LONG:
        return None
    return passed() if facts["bookmarks"] else unsure(f"文件有 {facts['pages']} 页，没有书签，请看有没有别的目录可以跳转")


@attachment_check(
    id="file-tab-order",
    kinds=("pdf",),
    criteria=("2.4.3",),
    impact=Impact.MODERATE,
    title="PDF 没有规定按 Tab 键移动的顺序",
    title_en="PDF does not set the tab order",
    who="只用键盘的人按 Tab 键在填写栏和链接之间移动时，次序可能忽前忽后，容易漏填、填错。",
    who_en="People who use the keyboard alone may be led back and forth between fields and links.",
    repair=(
        "用 Acrobat 的“页面缩略图”面板全选页面，“页面属性”→“Tab 键顺序”，选“使用文档结构”。",
        "从原稿导出带标签的 PDF 时，一般会自动设好。",
    ),
    repair_en=("Select all pages in Acrobat and set the tab order to “Use document structure”.", "Exporting with tags usually sets it."),
    verify="按 Tab 键从头走到尾，次序与阅读次序一致。",
    before="页面：Tabs：（未设置）",
    after="页面：Tabs：S（文档结构）",
    unsure=(pdf(pages_without_tab_order=2),),
    good=(pdf(), pdf(links={"count": 0})),
)
def file_tab_order(facts: Facts) -> Hit | None:
    """/Tabs /S on pages with links or fields (Matterhorn 28-009), in tagged files: without tags there is no structure to follow."""
    if not facts["tagged"] or not (facts["links"]["count"] or facts["fields"]["count"]):
        return None
    count = facts["pages_without_tab_order"]
    return unsure(f"有 {count} 页的链接或填写栏没有规定按结构移动，请按 Tab 键试一试次序") if count else passed()
