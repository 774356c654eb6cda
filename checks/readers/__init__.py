"""Turns the bytes of a document into plain facts: no network, no disk. Whoever calls `read` bounds time and memory (auditor/opening.py).

Facts are JSON values. Every document has `kind`, `opened` and, where it was not opened, `trouble`: one Chinese sentence. Lists are cut at
MOST_TOLD and texts at MOST_TEXT characters, so that facts stay small whatever the document is.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from checks.readers.kinds import OLD, WORDS, kind_of
from checks.readers.told import Trouble

READERS: Mapping[str, str] = {"pdf": "pdf", "docx": "docx", "xlsx": "xlsx", "pptx": "pptx", "ofd": "ofd"}
"""Kind of document -> the module of this folder that reads it."""


def read(body: bytes, name: str = "") -> dict[str, Any]:
    """The facts of a document; `name` is its file name or address, which counts where the bytes do not say what it is.

    A document that cannot be opened is told in `trouble`; what goes wrong in a way that nobody foresaw is raised.
    """
    kind = kind_of(body, name)
    facts: dict[str, Any] = {"kind": kind, "bytes": len(body), "opened": False}
    if kind in READERS:
        try:
            told: dict[str, Any] = importlib.import_module(f"{__name__}.{READERS[kind]}").facts(body)
            return facts | {"opened": True} | told
        except Trouble as why:
            return facts | {"trouble": str(why), "protected": why.protected}
    if kind == "encrypted":
        return facts | {"trouble": "文件设置了打开密码", "protected": True}
    if kind in OLD:
        return facts | {"trouble": f"{WORDS[kind]}是程序不能检查的格式"}
    return facts | {"trouble": "内容不是能够识别的文档"}
