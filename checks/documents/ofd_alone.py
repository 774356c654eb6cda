"""Most screen readers cannot read OFD: the same text has to be there in a form that they can."""

from __future__ import annotations

from checks.attachments import Facts, Hit, Impact, attachment_check, ofd, passed, unsure


@attachment_check(
    id="file-ofd-alone",
    kinds=("ofd",),
    criteria=("1.1.1", "1.3.1"),
    impact=Impact.SERIOUS,
    title="只提供 OFD 文件",
    title_en="Only an OFD file is offered",
    who="多数读屏软件读不了 OFD，手机上也常常打不开；没有网页或带标签的 PDF，盲人就看不到这份文件。",
    who_en="Most screen readers cannot read OFD; without a web page or tagged PDF, blind people cannot get at the text.",
    repair=(
        "把文件全文发布成网页，OFD 作为下载版本放在旁边。",
        "或者在 OFD 旁边提供同名的带标签 PDF 或 DOCX，并在链接文字里写明格式。",
        "制作 OFD 时，请用支持语义标引（CustomTags）的软件，保留标题和表格的结构。",
    ),
    repair_en=(
        "Publish the whole text as a web page, with the OFD beside it.",
        "Or offer a tagged PDF or DOCX of the same name beside it and say the format in the link.",
        "Make the OFD with a program that keeps the structure (CustomTags).",
    ),
    verify="不用 OFD 阅读器，也能在网站上读到同样的全文。",
    before="附件：补贴办法.ofd",
    after="全文见本页正文；附件：补贴办法.ofd、补贴办法（带标签 PDF）.pdf",
    unsure=(ofd(), ofd(custom_tags=False), ofd(beside=[{"kind": "pdf", "tagged": False}]), ofd(beside=[{"kind": "pdf", "tagged": None}])),
    good=(ofd(beside=[{"kind": "html"}]), ofd(beside=[{"kind": "pdf", "tagged": True}]), ofd(beside=[{"kind": "docx"}])),
)
def file_ofd_alone(facts: Facts) -> Hit | None:
    """`beside`: files of the same name on the page that links to it. Whether the page itself says the same is for a person to see."""
    beside = facts.get("beside") or []
    if any(one["kind"] in ("html", "docx") or one.get("tagged") for one in beside):
        return passed()
    pdfs = [one.get("tagged") for one in beside if one["kind"] == "pdf"]
    untagged = "旁边没有同名的网页、DOCX 或带标签的 PDF"
    if pdfs:
        untagged = "旁边的 PDF 没有标签" if False in pdfs else "旁边的 PDF 本轮没有检查"
    tags = "" if facts["custom_tags"] else "，文件里也没有语义标引（CustomTags）"
    return unsure(f"{untagged}{tags}；请看网页正文是否有同样的全文")
