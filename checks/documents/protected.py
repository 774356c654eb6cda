"""A file that may not be read by programs shuts out exactly those who read by means of one."""

from __future__ import annotations

from checks.attachments import Facts, Hit, Impact, attachment_check, docx, failed, passed, pdf, unopened


@attachment_check(
    id="file-protected",
    kinds=("pdf", "docx", "xlsx", "pptx", "ofd", "encrypted"),
    criteria=("1.3.1", "4.1.2"),
    impact=Impact.CRITICAL,
    opened=False,
    shuts=True,
    title="文档加了密码或禁止读取",
    title_en="Document is locked or forbids reading",
    who="加密设置不允许辅助技术读取内容，使用读屏软件的盲人打开后听不到任何文字；设了打开密码的，谁也打不开。",
    who_en="The protection keeps assistive technology from reading: a blind person hears nothing.",
    repair=(
        "PDF：用 Acrobat 打开“文件”→“属性”→“安全性”，改为“无安全性”；要防改动的，勾选“为视力不佳者启用屏幕阅读器设备的文本辅助工具”。",
        "Word、WPS 文件：“文件”→“信息（文档加密）”，清空打开密码再保存。",
        "替换网站上的文件，在没有密码的电脑上打开试一次。",
    ),
    repair_en=(
        "PDF: remove the security in Acrobat, or at least allow text access for screen readers.",
        "Word and WPS files: remove the password under File, Info.",
        "Replace the file and try it on another computer.",
    ),
    verify="用 Acrobat 查看“文件”→“属性”→“安全性”，“用于辅助工具的内容复制”为“允许”。",
    before="安全性：用于辅助工具的内容复制：不允许",
    after="安全性：用于辅助工具的内容复制：允许",
    bad=(
        pdf(encrypted=True, reading_allowed=False),
        unopened("encrypted", "文件设置了打开密码", protected=True),
        unopened("pdf", protected=True),
    ),
    good=(pdf(), pdf(encrypted=True), docx(), unopened("pdf")),
)
def file_protected(facts: Facts) -> Hit | None:
    """Permission bit 10, which bit 5 overrides, as Acrobat has it; or a password that is asked for before anything is shown."""
    if facts.get("protected"):
        return failed("文件设置了打开密码，没有密码的人看不到任何内容；公开的附件请去掉密码")
    if not facts.get("opened"):
        return None
    if facts["kind"] == "pdf" and facts["encrypted"] and not facts["reading_allowed"]:
        return failed("文件的安全设置既不允许复制，也不允许辅助技术读取文字")
    return passed()
