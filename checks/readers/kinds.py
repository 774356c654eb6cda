"""Tells what a document is: by its first bytes, and only where those leave it open by its name."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from contextlib import suppress

OLD = frozenset({"doc", "xls", "ppt", "wps", "et", "dps", "ceb", "rtf", "odf", "ole"})
"""Kinds that nobody can check by program here; a person has to."""

WORDS: Mapping[str, str] = {
    "pdf": "PDF", "docx": "Word 文档", "xlsx": "Excel 工作簿", "pptx": "PPT 演示文稿", "ofd": "OFD",
    "doc": "旧版 Word 文档", "xls": "旧版 Excel 工作簿", "ppt": "旧版 PPT 演示文稿", "wps": "WPS 文字文档",
    "et": "WPS 表格", "dps": "WPS 演示", "ceb": "方正 CEB 版式文件", "rtf": "RTF 文档", "odf": "ODF 文档",
    "ole": "旧版 Office 文档", "encrypted": "加密的 Office 文档", "html": "网页", "zip": "压缩包", "unknown": "无法识别的文件",
}  # fmt: skip

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
PARTS = (("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("ppt/presentation.xml", "pptx"), ("OFD.xml", "ofd"))
MARKUP = re.compile(rb"\s*(?:<!doctype\s+html|<html|<head|<script|<!--)", re.IGNORECASE)


def suffix(name: str) -> str:
    """The ending of a file name or address, in lower case without the dot; "" without one."""
    path = re.split(r"[?#]", name, maxsplit=1)[0]
    found = re.search(r"\.([a-z0-9]{2,5})$", path, re.IGNORECASE)
    return found[1].lower() if found else ""


def kind_of(body: bytes, name: str = "") -> str:
    """The kind of a document: a key of WORDS."""
    if body.startswith(OLE):
        old = suffix(name)
        return "encrypted" if ENCRYPTED in body else old if old in OLD else "ole"
    if body.startswith(b"PK"):
        return _zipped(body)
    if b"%PDF-" in body[:1024]:
        return "pdf"
    if body.startswith(b"{\\rtf"):
        return "rtf"
    if MARKUP.match(body.removeprefix(b"\xef\xbb\xbf")[:200]):
        return "html"
    old = suffix(name)
    return old if old in OLD else "unknown"


def _zipped(body: bytes) -> str:
    """What an archive holds, by its list of names alone: nothing is unpacked."""
    names: set[str] = set()
    with suppress(zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        names = set(zipfile.ZipFile(io.BytesIO(body)).namelist())
    if not names:  # the list at the end is lost: the entries still bear their names
        names = {part for part, _ in PARTS if part.encode() in body}
    lower = {name.lower() for name in names}
    for part, kind in PARTS:
        if part.lower() in lower:
            return kind
    return "odf" if "mimetype" in names and "content.xml" in names else "zip"
