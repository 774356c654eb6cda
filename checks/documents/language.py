"""A screen reader chooses its voice by the language that a document states."""

from __future__ import annotations

import re

from checks.attachments import Facts, Hit, Impact, attachment_check, docx, failed, passed, pdf, unsure

BCP47 = re.compile(
    r"[a-z]{2,3}(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
    r"(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?",
    re.IGNORECASE,
)
"""Well-formed language tags as documents use them (RFC 5646, without grandfathered ones)."""

CHINESE = frozenset({"zh", "cmn", "yue", "wuu", "nan", "hak", "gan", "hsn", "cdo", "cjy", "lzh"})
MOSTLY = 0.5


@attachment_check(
    id="file-language",
    kinds=("pdf", "docx"),
    criteria=("3.1.1",),
    impact=Impact.MODERATE,
    title="文档没有写明语言",
    title_en="Document does not state its language",
    who="读屏软件按文件写明的语言选择发音，没有写明或写成英语的，盲人可能听到用英语读音念的汉字，或者一个字也念不出。",
    who_en="A screen reader picks its voice by the stated language; without it, Chinese may be spoken by an English voice.",
    repair=(
        "Word：全选正文，“审阅”→“语言”→“设置校对语言”，选“中文（中国）”，设为默认值；WPS：“审阅”→“拼写检查”→“设置拼写检查语言”。然后重新导出。",
        "只有 PDF 的：用 Acrobat 打开“文件”→“属性”→“高级”，“语言”选“中文（简体）”（zh-CN），保存。",
    ),
    repair_en=(
        "Set the proofing language to Chinese (PRC) in the source and export again.",
        "PDF only: set the language to zh-CN under File, Properties, Advanced.",
    ),
    verify="在 Acrobat 的“文件”→“属性”→“高级”里，“语言”显示中文。",
    before="语言：（空）",
    after="语言：zh-CN",
    bad=(pdf(language=""), pdf(language="Chinese"), pdf(language="en-US"), pdf(language="zh_CN")),
    unsure=(docx(language=""), docx(language="en-US")),
    good=(pdf(), docx(), pdf(language="zh"), pdf(language="zh-Hans-CN"), pdf(language="zh-cmn-Hans-CN"), pdf(language="zh-yue-HK"),
        pdf(language="zh-CN-x-gov"), pdf(language="yue-HK"), pdf(language="en-GB", han=10)),
)
def file_language(facts: Facts) -> Hit | None:
    """Catalog /Lang; of Word the language of East Asian text in the defaults, which Word fills in by itself where it is missing."""
    language, told = facts["language"], failed if facts["kind"] == "pdf" else unsure
    size = facts["glyphs"] if facts["kind"] == "pdf" else facts["characters"]
    chinese = bool(size) and facts["han"] > MOSTLY * size
    should = "应为 zh-CN" if chinese else "应写明正文的语言，中文是 zh-CN"
    if not language:
        return told(f"文件没有写明语言，{should}")
    if not BCP47.fullmatch(language):
        return told(f"语言写成了“{language}”，不是读屏软件认识的写法，{should}")
    if chinese and language.lower().partition("-")[0] not in CHINESE:
        return told(f"正文是中文，语言却写成“{language}”，应为 zh-CN")
    return passed()
