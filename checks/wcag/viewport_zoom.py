"""A person with low vision spreads two fingers to enlarge a page on the phone, and the page does not let itself be enlarged."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, check, failed, passed
from checks.document import Document

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)


def _page(content: str) -> str:
    head = f'<title>通知</title><meta name="viewport" content="{content}">'
    return f'<!DOCTYPE html><html lang="zh-CN"><head>{head}</head><body><p>通知</p></body></html>'


@check(
    id="meta-viewport",
    bad=(
        _page("width=device-width, user-scalable=no"), _page("maximum-scale=1.0"), _page("user-scalable=0.5"), _page("user-scalable=none"),
        _page("initial-scale=1;maximum-scale=yes"), _page("maximum-scale=invalid"), _page("width=device-width maximum-scale = 1.5"),
    ),
    good=(
        _page("width=device-width, initial-scale=1"), _page("user-scalable=yes"), _page("maximum-scale=2"), _page("maximum-scale=-1"),
        _page("user-scalable=5"), _page("maximum-scale=device-width"), _page("user-scalable="), _page("MAXIMUM-SCALE=5.0, user-scalable=1"),
    ),
)  # fmt: skip
def viewport_zoom(document: Document) -> Iterator[Hit]:
    """1.4.4, ACT b4f0c3. Values are read as Chromium reads them: a number in front counts, words it does not know are 0."""
    found = [node for node in document.elements("meta") if node.scope.kind == "page" and node.get("name").strip().lower() == "viewport"]
    if not found:
        return
    node = found[-1]  # a later one overrides those before
    told = _told(node.get("content"))
    scalable, most = told.get("user-scalable", ""), told.get("maximum-scale", "")
    if scalable and scalable not in ("yes", "device-width", "device-height") and abs(_number(scalable)) < 1:
        yield failed(node, f"user-scalable={scalable} 使手机上不能用双指放大网页；请删去这一项")
    elif most and 0 <= (scale := 1.0 if most == "yes" else 10.0 if most.startswith("device-") else _number(most)) < 2:
        yield failed(node, f"maximum-scale={most} 使手机上最多只能放大到{max(scale, 0.1):g}倍；请删去这一项，或至少允许放大到2倍")
    elif scalable or most:
        yield passed(node)


def _told(content: str) -> dict[str, str]:
    """Names and values; commas, semicolons and blanks part them, later ones win."""
    flat = re.sub(r"\s*=\s*", "=", content.lower())
    return {name: value for part in re.split(r"[\s,;]+", flat) if "=" in part for name, value in [part.split("=", 1)]}


def _number(value: str) -> float:
    found = NUMBER.match(value)
    return float(found[0]) if found else 0.0
