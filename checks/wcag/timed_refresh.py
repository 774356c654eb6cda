"""Who reads slowly, by ear or letter by letter, is halfway through when the page reloads or leads away by itself, and begins again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, check, failed, passed
from checks.document import Document, Node

WRITTEN = re.compile(r"\s*(?:(\d+)[\d.]*|\.[\d.]*)(?=[;,\s]|$)", re.ASCII)
TWENTY_HOURS = 72_000


def _page(*contents: str) -> str:
    metas = "".join(f'<meta http-equiv="Refresh" content="{content}">' for content in contents)
    return f'<!DOCTYPE html><html lang="zh-CN"><head><title>通知</title>{metas}</head><body><p>通知</p></body></html>'


@check(
    id="meta-refresh",
    bad=(_page("600"), _page("600; url=/"), _page("0: /x", "900.5, /x")),
    good=(_page("72001; url=/"), _page("+600"), _page("abc"), _page("600abc"), "<p>通知</p>"),
)
def timed_refresh(document: Document) -> Iterator[Hit]:
    """2.2.1, ACT bc659a: the first refresh that a browser obeys; up to 20 hours count (the criterion's exception)."""
    for node, delay in _refreshes(document):
        if 0 < delay <= TWENTY_HOURS:
            yield failed(node, f"网页{delay}秒后会自动刷新或跳转，读者来不及读完；请去掉自动刷新，改为由读者点击")
        else:
            yield passed(node)


@check(
    id="meta-refresh-no-exceptions",
    bad=(_page("600"), _page("72001; url=/"), _page("0: /x", "72001; /x")),
    good=(_page("-5"), _page("; 600"), _page(""), _page("0600x"), "<p>通知</p>"),
)
def any_refresh(document: Document) -> Iterator[Hit]:
    """2.2.4 and 3.2.5, ACT bisz58: the same without the exception for 20 hours."""
    for node, delay in _refreshes(document):
        if delay > 0:
            yield failed(node, f"网页{delay}秒后会自动刷新或跳转；请去掉自动刷新，改为由读者点击")
        else:
            yield passed(node)


def _refreshes(document: Document) -> Iterator[tuple[Node, int]]:
    """The first <meta> of the page that makes the browser refresh, with the delay in seconds (HTML, shared declarative refresh steps)."""
    for node in document.elements("meta"):
        if node.scope.kind != "page" or node.get("http-equiv").strip().lower() != "refresh":
            continue
        if found := WRITTEN.match(node.get("content")):
            yield node, int(found[1] or 0)
            return
