"""Finds what no script can look into: closed shadow roots. What stands in them is not judged, and has to be told as such."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from auditor.model import Driver, NotAnswered
from crawlers.browsers.frames import in_every_frame

MOST = 50

SUSPECT = """(() => {
  const hosts = /^(article|aside|blockquote|body|div|footer|h[1-6]|header|main|nav|p|section|span)$/;
  const all = Document.prototype.getElementsByTagName.call(document, "*"), small = all.length <= 1000;
  for (let at = 0; at < all.length && at < 20000; at++) {
    const one = all[at], name = one.localName;
    if (one.shadowRoot || !(name.includes("-") || hosts.test(name))) continue;
    if (name.includes("-") || small && name !== "body") return true;
    const child = one.firstElementChild;
    if (child ? child.getClientRects().length : one.firstChild) continue;
    if (one.offsetHeight > 0 && one.offsetWidth > 0) return true;
  }
  return false;
})()"""
"""Whether an element of a frame may have a closed shadow root. Only the whole tree tells for certain, which costs 20 ms for 1000
elements and a second for 30,000. It is asked for where a custom element shows no root, in small documents wherever a root is possible
at all, in large ones where an element shows something although none of its own children do."""


async def closed_parts(driver: Driver) -> tuple[str, ...]:
    """Selectors of the elements with a closed shadow root on the page and in its frames; none where the browser cannot tell."""
    try:
        if not [answer async for answer in in_every_frame(driver, SUSPECT) if answer]:
            return ()
        tree = await driver.cdp("DOM.getDocument", {"depth": -1, "pierce": True})
    except NotAnswered:
        return ()
    return tuple(selector for selector, _ in zip(_hosts(tree["root"]), range(MOST), strict=False))


def _hosts(root: Mapping[str, Any]) -> Iterator[str]:
    waiting: list[tuple[Mapping[str, Any], str]] = [(root, "")]
    while waiting:
        node, path = waiting.pop()
        inner = [root for root in node.get("shadowRoots", ()) if root.get("shadowRootType") in ("open", "closed")]
        if any(root["shadowRootType"] == "closed" for root in inner):
            yield path
        waiting += [(root, f"{path} >>>") for root in inner if root["shadowRootType"] == "open"]
        if "contentDocument" in node:
            waiting.append((node["contentDocument"], f"{path} >>>"))
        elements = [child for child in node.get("children", ()) if child.get("nodeType") == 1]
        waiting += [(child, _step(child, place, path)) for place, child in reversed(list(enumerate(elements, 1)))]


def _step(node: Mapping[str, Any], place: int, path: str) -> str:
    """The way to an element: by its id, else as which child of its parent."""
    told = node.get("attributes", [])
    named = dict(zip(told[::2], told[1::2], strict=False)).get("id", "")
    outer, mark, inner = path.rpartition(" >>>")
    if named and named.isidentifier():
        return f"{outer}{mark} #{named}".strip()
    step = node["localName"] if node["localName"] in ("html", "body") else f"{node['localName']}:nth-child({place})"
    return (f"{outer}{mark}{inner} > {step}" if inner else f"{outer}{mark} {step}").strip()
