"""The documents of the demo city's department of civil affairs: some good, some with planted barriers that come and go by night."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

import pikepdf

from auditor.demo import documents

Planted = Callable[[str], bool]
"""Whether a barrier of plants.toml stands tonight."""

HOST = "mz.demo.test"
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1528)
"""The head of a compound file, as programs before 2007 wrote them."""

# Later revisions of the encryption let assistive technology read in any case: qpdf writes them so.
NOBODY = pikepdf.Permissions(accessibility=False, extract=False)


class Attachment(NamedTuple):
    """A document with its content type."""

    content_type: str
    make: Callable[[Planted], bytes]


def _scan(planted: Planted) -> bytes:
    return documents.pdf(
        title="" if planted("archive-scan-title") else "2019 年救助通知", language="" if planted("archive-scan-language") else "zh-CN",
        tagged=not planted("archive-scan-untagged"), scanned=planted("archive-scan-text"), figure=None,
    )  # fmt: skip


def _locked(planted: Planted) -> bytes:
    return _sealed() if planted("archive-locked") else documents.pdf(title="2021 年社区建设方案")


@cache
def _sealed() -> bytes:
    """An encrypted file has an identifier by chance: it is made once, so that all visitors of a night get the same."""
    lock = pikepdf.Encryption(owner="demo", user="", R=3, aes=False, metadata=False, allow=NOBODY)
    return documents.pdf(title="2021 年社区建设方案", encryption=lock)


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOW = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

ATTACHMENTS: Mapping[str, Attachment] = {
    "/files/banfa.pdf": Attachment("application/pdf", lambda planted: documents.pdf(title="残疾人两项补贴办法")),
    "/files/banfa.ofd": Attachment("application/ofd", lambda planted: documents.ofd(title="残疾人两项补贴办法")),
    "/files/saomiao.pdf": Attachment("application/pdf", _scan),
    "/files/luanma.pdf": Attachment(
        "application/pdf", lambda planted: documents.pdf(title="2020 年养老服务规划", unicode=not planted("archive-garbled"))
    ),
    "/files/jiami.pdf": Attachment("application/pdf", _locked),
    "/files/biaodan.pdf": Attachment(
        "application/pdf", lambda planted: documents.pdf(title="临时救助登记表", field="" if planted("archive-form") else "申请人姓名")
    ),
    "/files/shenqing.docx": Attachment(
        WORD,
        lambda planted: documents.docx(
            title="残疾人两项补贴申请表", headings=not planted("archive-headings"),
            picture="" if planted("archive-picture") else "申请流程图",
        ),
    ),
    "/files/shenqing-2026.docx": Attachment(WORD, lambda planted: documents.docx(title="残疾人两项补贴申请说明")),
    "/files/mingdan.xlsx": Attachment(
        SHEET, lambda planted: documents.xlsx(names=("Sheet1", "Sheet2") if planted("archive-sheets") else ("名单", "标准"))
    ),
    "/files/mingdan-4.xlsx": Attachment(SHEET, lambda planted: documents.xlsx(title="第四季度发放名单")),
    "/files/jiedu.pptx": Attachment(
        SHOW, lambda planted: documents.pptx(titles=("申请条件", None if planted("archive-slides") else "补贴标准"))
    ),
    "/files/tongzhi.ofd": Attachment(
        "application/ofd", lambda planted: documents.ofd(title="2022 年困难补助通知", scanned=planted("archive-ofd-scan"))
    ),
    "/files/jiubiao.doc": Attachment("application/msword", lambda planted: OLD),
}  # fmt: skip
"""Path on HOST -> the document. archive-ofd-alone and archive-old-format are no matter of what is in the file: they always stand."""
