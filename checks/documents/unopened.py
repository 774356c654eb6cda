"""What no program can open or check here is not silently left out: a person must look."""

from __future__ import annotations

from checks.attachments import ANY, Facts, Hit, Impact, attachment_check, docx, passed, pdf, unopened, unsure
from checks.readers.kinds import OLD, WORDS

CEB = frozenset({"ceb"})


@attachment_check(
    id="file-unreadable",
    kinds=tuple(kind for kind in ANY if kind not in OLD and kind != "encrypted"),
    criteria=("1.1.1",),
    impact=Impact.SERIOUS,
    opened=False,
    title="文档打不开",
    title_en="Document cannot be opened",
    who="链接给出的文件已损坏，或者不是它自称的格式，谁也打不开；使用读屏软件的盲人更难判断是文件坏了还是自己操作错了。",
    who_en="The file is damaged or not what it says: nobody can open it, and a blind person cannot tell whose fault it is.",
    repair=(
        "在自己的电脑上从网站下载这个文件，用 WPS、Word 或 Acrobat 打开，看能否打开。",
        "打不开的，用原稿重新导出并替换；链接已经失效的，删除或改正链接。",
    ),
    repair_en=(
        "Download the file from the site and try to open it.",
        "If it does not open, export it again from the source; mend or remove dead links.",
    ),
    verify="从网站下载后能正常打开，内容完整。",
    before="附件下载后提示“文件已损坏”",
    after="附件下载后正常打开",
    unsure=(pdf(looked_at=0), unopened("docx"), unopened("unknown", "内容不是能够识别的文档"), unopened("html", "内容不是能够识别的文档")),
    good=(pdf(), docx(), unopened("pdf", "文件设置了打开密码", protected=True)),
)
def file_unreadable(facts: Facts) -> Hit | None:
    """Our own bounds (time, memory, size) are told in the same words: it is for a person to see whether others can open it."""
    if facts.get("protected"):
        return None
    if facts.get("opened"):
        return passed() if facts.get("looked_at", 1) else unsure("文件能打开，页面内容却没有读出，请下载后打开看一看")
    return unsure(f"{facts.get('trouble') or '没有读出'}，请下载后打开看一看")


@attachment_check(
    id="file-old-format",
    kinds=tuple(sorted(OLD)),
    criteria=("1.1.1", "1.3.1"),
    impact=Impact.MODERATE,
    opened=False,
    title="文档是旧格式，程序不能检查",
    title_en="Document is in an old format that cannot be checked",
    who="DOC、XLS、PPT、WPS、ET、CEB 等旧格式在许多读屏软件和手机上打不开或读不全；其中有没有障碍，程序也看不出来。",
    who_en="Many screen readers and phones cannot open old formats, and no program can tell here whether they hold barriers.",
    repair=(
        "用 WPS 或 Word 打开，“另存为”DOCX、XLSX、PPTX（需要定稿的另存为带标签的 PDF），替换网站上的文件。",
        "另存以后，用软件自带的“检查辅助功能”检查一遍：Word 在“审阅”里，WPS 可先存为 DOCX 再用 Word 检查。",
        "暂时不能替换的，请人用读屏软件试读，或在网页上写出同样的内容。",
    ),
    repair_en=(
        "Save as DOCX, XLSX or PPTX (final texts as tagged PDF) and replace the file.",
        "Then run the accessibility checker of the program.",
        "Until then, have a person try it with a screen reader, or write the same on a web page.",
    ),
    verify="网站上给出的是 DOCX、XLSX、PPTX 或带标签的 PDF，下一次检测时会自动检查。",
    before="附件：申请表.doc",
    after="附件：申请表.docx",
    unsure=(unopened("doc"), unopened("wps"), unopened("ceb"), unopened("ole")),
    good=(docx(), pdf()),
)
def file_old_format(facts: Facts) -> Hit | None:
    """Never failed: an old format may be well made."""
    kind = WORDS[facts["kind"]]
    how = (
        "用读屏软件试读，并换成 OFD 或带标签的 PDF"
        if facts["kind"] in CEB
        else "用办公软件打开，查看标题样式、图片说明和表头，并另存为新格式"
    )
    return unsure(f"{kind}不能由程序检查，需要由人{how}")
