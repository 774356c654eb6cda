"""Links of a document: whether a screen reader meets them at all, and whether their words say where they lead."""

from __future__ import annotations

from checks.attachments import Facts, Hit, Impact, attachment_check, docx, failed, passed, pdf, unsure


@attachment_check(
    id="file-link-untagged",
    kinds=("pdf",),
    criteria=("1.3.1", "4.1.2"),
    impact=Impact.SERIOUS,
    title="PDF 里的链接没有标签",
    title_en="Links of the PDF are not tagged",
    who="使用读屏软件的盲人读到这里不知道有链接，也就打不开它；用鼠标的人却可以点。",
    who_en="A blind person does not learn that there is a link, while a mouse can click it.",
    repair=("从原稿重新导出带标签的 PDF，链接会自动带上标签。", "只有 PDF 的：用 Acrobat 标签面板的“查找”→“未标记的链接”，逐个加上标签。"),
    repair_en=("Export again from the source with tags.", "PDF only: find unmarked links in Acrobat's tags panel and tag them."),
    verify="用读屏软件按 Tab 键，能走到每个链接并听到它的名称。",
    before="链接注释：不在结构树中",
    after="链接注释：属于一个 Link 标签",
    bad=(pdf(links={"count": 3, "untagged": 2}),),
    good=(pdf(), pdf(tagged=False, links={"untagged": 1}), pdf(links={"count": 0})),
)
def file_link_untagged(facts: Facts) -> Hit | None:
    """A link annotation of a tagged PDF without StructParent (PDF11, Matterhorn 28-002)."""
    links = facts["links"]
    if not links["count"] or not facts["tagged"]:
        return None
    return failed(f"{links['count']} 个链接中有 {links['untagged']} 个没有标签") if links["untagged"] else passed()


@attachment_check(
    id="file-link-address",
    kinds=("docx",),
    criteria=("2.4.4",),
    impact=Impact.MINOR,
    title="文档里的链接文字是一长串网址",
    title_en="Links of the document are long addresses",
    who="使用读屏软件的盲人只能听着一长串字母和数字被逐个念完，仍不知道网址通向哪里。",
    who_en="A blind person must listen to a long address spelt out and still does not know where it leads.",
    repair=("右键点链接，“编辑超链接”，把“要显示的文字”改成它的名称，例如“省政务服务网”。", "需要打印的，在名称后面另写简短的网址。"),
    repair_en=("Edit the hyperlink and show the name of what it leads to.", "For print, a short address may follow."),
    verify="只听链接文字，就知道通向哪里。",
    before="http://www.example.test/col/col25359/art/2026/index.html?id=3",
    after="残疾人服务平台",
    unsure=(docx(links={"addresses": ["http://www.example.test/col/col25359/index.html"]}),),
    good=(docx(), docx(links={"count": 0})),
)
def file_link_address(facts: Facts) -> Hit | None:
    """As link-text-address of web pages, of addresses longer than 30 characters."""
    links = facts["links"]
    if not links["count"]:
        return None
    addresses = links["addresses"]
    return unsure(f"有 {len(addresses)} 个链接的文字是一长串网址，例如“{addresses[0][:60]}”") if addresses else passed()
