"""The one axe-core that every browser runs, and the script of ours that goes with it.

The file is the one inside the pinned package axe-playwright-python; AUDITOR_AXE may name another.
"""

from __future__ import annotations

import hashlib
import os
import re
from functools import cache
from importlib.resources import files
from pathlib import Path

from checks.probes.script import PLACES


class AxeUnusable(Exception):
    """The file that AUDITOR_AXE names cannot be used; the text is a Chinese sentence."""


@cache
def axe_source() -> str:
    """The text of axe.min.js. Raises AxeUnusable where another one was named and cannot be read."""
    chosen = os.environ.get("AUDITOR_AXE")
    if chosen:
        try:
            return Path(chosen).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "不是文本文件"
            raise AxeUnusable(f"读不出 AUDITOR_AXE 指明的文件 {chosen}：{why}。") from error
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


@cache
def axe_version() -> str:
    """The version that the file states in its head, such as 4.12.1. Raises AxeUnusable where it states none."""
    found = re.search(r"axe v(\d+\.\d+\.\d+)", axe_source()[:200])
    if not found:
        raise AxeUnusable(f"{os.environ.get('AUDITOR_AXE')} 不是 axe-core：文件开头没有写明版本（axe vX.Y.Z）。")
    return found[1]


@cache
def axe_digest() -> str:
    """SHA-256 of the axe file, as 64 hexadecimal digits."""
    return hashlib.sha256(axe_source().encode()).hexdigest()


@cache
def run_script() -> str:
    """Our script that runs axe in one frame and cuts its answer down (run.js)."""
    return files("checks.axe").joinpath("run.js").read_text(encoding="utf-8").replace("/* places.js */", PLACES)
