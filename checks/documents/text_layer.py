"""A scan is a photograph of a page, and a font without a table of characters is read as gibberish: both look fine to who can see."""

from __future__ import annotations

from checks.attachments import Facts, Hit, Impact, attachment_check, docx, failed, ofd, pages_told, passed, pdf, unsure

HALF = 0.5
FEW_CHARACTERS = 20
UNTOLD_SHARE = 0.2


@attachment_check(
    id="file-scanned",
    kinds=("pdf", "docx", "ofd"),
    criteria=("1.1.1", "1.4.5"),
    impact=Impact.CRITICAL,
    shuts=True,
    title="文档只有图片，没有文字",
    title_en="Document is a picture without text",
    who="文件是扫描件或截图，使用读屏软件的盲人什么也听不到；低视力者放大后字迹模糊，也不能查找和复制。",
    who_en="The file is a scan: blind people hear nothing, people with low vision get blurred letters, nobody can search or copy.",
    repair=(
        "有原稿的，从 WPS、Word 直接导出 PDF 或 OFD，不要打印以后再扫描；需要盖章的，用电子印章或只把盖章页另附。",
        "只有纸质件的，用 Acrobat 的“扫描和 OCR”→“识别文本”（语言选简体中文）加上文字层，并校对。",
        "同时把全文发布成网页，扫描件只作为附件。",
    ),
    repair_en=(
        "Export from the source instead of printing and scanning; use an electronic seal.",
        "Where only paper exists, recognise the text (OCR, simplified Chinese) and proofread it.",
        "Publish the text as a web page, too.",
    ),
    verify="打开文件，能用鼠标选中文字并复制出来，内容与看到的一致。",
    before="扫描件：每页是一张图片，选不中文字",
    after="由原稿导出：文字可以选中、查找、朗读",
    bad=(
        pdf(scanned=4, scanned_pages=[1, 2, 3, 4], glyphs=0, tagged=False),
        pdf(scanned=3, scanned_pages=[2, 3, 4], glyphs=300),
        docx(characters=3, figures={"count": 5, "untold": 1}),
        ofd(scanned=3, scanned_pages=[1, 2, 3], characters=0),
    ),
    unsure=(
        pdf(scanned=1, scanned_pages=[4]),
        pdf(scanned=4, scanned_pages=[1, 2, 3, 4], glyphs=0, figures={"count": 4}),
        pdf(glyphs=0, picture_pages=2),
        ofd(scanned=1, scanned_pages=[3]),
        ofd(characters=0, picture_pages=2),
        docx(characters=3, figures={"count": 1, "untold": 0}),
    ),
    good=(pdf(), docx(), ofd(), docx(characters=3, figures={"count": 0}), pdf(glyphs=0, figures={"count": 0})),
)
def file_scanned(facts: Facts) -> Hit | None:
    """A page is a scan where pictures cover more than 80 % of it and there are fewer than 10 glyphs (methods.md 6)."""
    if facts["kind"] == "docx":
        pictures = facts["figures"]["count"]
        if facts["characters"] >= FEW_CHARACTERS or not pictures:
            return passed()
        told = f"文档里只有 {pictures} 张图片，几乎没有文字"
        return failed(told) if facts["figures"]["untold"] else unsure(f"{told}，请看替代文字是否写全了图片里的内容")
    count, seen = facts["scanned"], facts["looked_at"]
    if not count:
        silent = facts["picture_pages"] and not facts["glyphs" if facts["kind"] == "pdf" else "characters"]
        return unsure(f"看过的 {seen} 页里没有文字，只有图片，请看图片里是不是文字") if silent else passed()
    signed = "；文件带有电子签名，请由签发单位重新制作" if facts.get("signed") else ""
    told = f"看过的 {seen} 页中有 {count} 页是整页图片，没有文字层{pages_told(facts['scanned_pages'], count)}"
    described = facts["kind"] == "pdf" and facts["tagged"] and facts["figures"]["count"] >= count and not facts["figures"]["untold"]
    if count >= HALF * seen and not described:
        return failed(f"{told}；请改用从原稿导出的文件{signed}")
    return unsure(f"{told}，请看这些页是照片还是扫描的文字")


@attachment_check(
    id="file-garbled",
    kinds=("pdf",),
    criteria=("1.3.1",),
    impact=Impact.SERIOUS,
    title="PDF 的文字读出来是乱码",
    title_en="Text of the PDF is read as gibberish",
    who="看上去是汉字，字体里却没有写明是哪个字，使用读屏软件的盲人听到的是乱码或空白，别人复制出来也是乱码。",
    who_en="The letters look right, but the font does not say which they are: screen readers read gibberish, and so does a copy.",
    repair=(
        "用新版 WPS 或 Word 从原稿重新导出 PDF，不要经过虚拟打印机、排版软件的“转曲”或来历不明的转换工具。",
        "没有原稿的，用 Acrobat 识别文本（OCR）重做文字层并校对。",
    ),
    repair_en=(
        "Export the PDF again from the source with a current WPS or Word, not through a virtual printer.",
        "Without a source, make the text layer anew by OCR and proofread it.",
    ),
    verify="从文件中复制一段文字，粘贴到记事本里，与看到的完全相同。",
    before="字体没有 ToUnicode 表，复制出来是“□□□”",
    after="字体带有 ToUnicode 表，复制出来是原来的文字",
    bad=(pdf(unknown=1700, unknown_fonts=["FZXBS"]), pdf(private=500)),
    unsure=(pdf(unknown=100), pdf(doubtful=1700, unknown_fonts=["FZXBS"]), pdf(unknown=30, doubtful=400), pdf(unknown=900, worded=3)),
    good=(pdf(), pdf(unknown=5), pdf(glyphs=0), pdf(doubtful=100)),
)
def file_garbled(facts: Facts) -> Hit | None:
    """Glyphs without a character, or with one of a private area: more than a fifth fails, more than a fiftieth is put to a person.

    So is more than a fifth of glyphs of which one reader knows the character and another does not, and a file whose tags tell words
    in place of glyphs (ActualText): which ones is not looked at.
    """
    if not facts["glyphs"]:
        return None
    share = (facts["unknown"] + facts["private"]) / facts["glyphs"]
    fonts = f"，涉及字体 {'、'.join(facts['unknown_fonts'][:3])}" if facts["unknown_fonts"] else ""
    told = f"有 {share:.0%} 的文字没有写明对应的字符{fonts}"
    if share > UNTOLD_SHARE and not facts["worded"]:
        return failed(f"{told}，读屏软件读出来是乱码或空白")
    if share > 0.02:
        return unsure(f"{told}，请复制一段文字核对")
    doubtful = facts["doubtful"] / facts["glyphs"]
    return unsure(f"有 {doubtful:.0%} 的文字没有明确写出对应的字符{fonts}，请复制一段文字核对") if doubtful > UNTOLD_SHARE else passed()
