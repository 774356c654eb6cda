"""What a night keeps of some pages beyond findings: the toolbar, the entrances, how large text is, what floats. Pure, plain and small."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

from auditor.model import Page, Variant
from checks import toolbars
from checks.controls import address, entrance, mouse_only, reached_by_tab
from checks.document import Document, Node, captured
from checks.floats import floats
from checks.probes import toolbar, toolbar_open

ELDER_WORDS = ("长者", "关怀", "老年", "适老", "敬老", "大字版")
LARGE = 17.5  # CSS px from which text counts as 18, as browsers round
ENTRANCES = 8

SUMMARY = ("kind", "words", "reached", "opens", "names", "sounds", "stops", "trapped", "closes")


def noted(page: Page, *, start: bool) -> Mapping[str, Any]:
    """What is kept of a judged page: of the start page, of every page in another variant, and of each on which a toolbar was tried.

    -> {"toolbars": [{"family", "signs"}], "blockable": patterns, "elder" and "aid": [{"words", "url" ("": it opens here), "tab"}],
    "nameless": links and buttons without a name, "text": {"chars", "large": share of them from 18 px on, "median": px}, "floats",
    "pictures": linked ones, "frames": those of other hosts, "opened": what was opened for this variant, "used": what the experiment told};
    {} for all others.
    """
    used = page.facts.get(toolbar.NAME) or {}
    if not (start or page.variant is not Variant.DESKTOP or used.get("entrance")) or not captured(page.facts):
        return {}
    document = Document(page.facts)
    found = toolbars.recognised(page.html)
    told: dict[str, Any] = {
        "toolbars": [{"family": one.family.id, "signs": list(one.signs)} for one in found],
        "blockable": list(toolbars.blockable(found, page.html)),
        **_entrances(document),
        "text": _text(document, phone=page.variant is Variant.MOBILE),
        "floats": [one.plain() for one in floats(document)],
        "pictures": sum(any(True for _ in link.descendants("img")) for link in document.links if link.visible),
        "frames": sum(_foreign(node) for node in document.elements("iframe", "frame")),
    }
    if toolbar_open.NAME in page.facts:
        told["opened"] = page.facts[toolbar_open.NAME]
    if used.get("entrance"):
        told["used"] = _summary(used)
    return told


def _summary(used: Mapping[str, Any]) -> dict[str, Any]:
    enlarge, hides, key = used.get("enlarge"), used.get("hides"), used.get("key")
    return {name: used.get(name) for name in SUMMARY} | {
        "enlarge": {name: enlarge[name] for name in ("how", "ratio", "largest")} if enlarge else None,
        "hides": hides["how"] if hides else "", "key": key["key"] if key else "",
    }  # fmt: skip


def _entrances(document: Document) -> dict[str, Any]:
    """What leads to the elder version and to other aids, and how many links and buttons keep their purpose to themselves."""
    only_mouse = {node.index: node for node in mouse_only(document)}
    usable = [node for node in document.by_role("link", "button") if node.visible and reached_by_tab(node)]
    told: dict[str, list[dict[str, Any]]] = {"elder": [], "aid": []}
    for node in (*usable, *only_mouse.values()):
        part = document.same_page(node)
        if part and part in node.scope.ids:
            continue  # it leads to a part of this page
        if words := entrance(node):
            kind = "elder" if any(word in words for word in ELDER_WORDS) else "aid"
            entry = {"words": words, "url": address(node, node.get("href")), "tab": node.index not in only_mouse}
            if entry not in told[kind] and len(told[kind]) < ENTRANCES:
                told[kind].append(entry)
    return {**told, "nameless": sum(not node.name and not node.text for node in usable)}


def _text(document: Document, *, phone: bool) -> dict[str, float]:
    """How large the text of the page looks: in CSS px; on a phone as it stands on the screen, where a page made for desks is shrunk."""
    width = document.root.box.width if phone and document.root.box else 375.0
    scale = 375.0 / width if width > 390 else 1.0
    sizes = [(node.font_size * scale, len(node.own_text)) for node in _texts(document)]
    chars = sum(count for _, count in sizes)
    if not chars:
        return {"chars": 0, "large": 0.0, "median": 0.0}
    middle = median([size for size, count in sizes for _ in range(min(count, 200))])
    return {"chars": chars, "large": round(sum(count for size, count in sizes if size >= LARGE) / chars, 3), "median": round(middle, 1)}


def _texts(document: Document) -> Iterator[Node]:
    return (node for node in document.nodes if node.own_text)


def _foreign(node: Node) -> bool:
    host = node.document.url.split("/")[2:3]
    shown = address(node, node.get("src")).split("/")[2:3]
    return node.visible and bool(shown) and shown != host
