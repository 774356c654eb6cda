"""Tells the place of a node of a captured page as axe's places are told: selector, path, opening tag, surroundings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from auditor.identity import stable_id
from auditor.model import Element
from checks.nodes import Node

ATTRIBUTES_AT_MOST = 40
NAMING = ("id", "class", "role", "name", "type")


def element(node: Node) -> Element:
    """The place of a finding at a node, told as axe's places are."""
    return Element(
        selector=selector(node), xpath=xpath(node), snippet=snippet(node), tag=node.tag, attributes=_attributes(node),
        ancestors=tuple(_ancestors(node)), landmark=node.landmark, name=node.name[:200], text=node.text[:200], box=node.box,
    )  # fmt: skip


def selector(node: Node) -> str:
    """A CSS selector that leads to this node alone, steps into frames and shadow roots joined with " >>> "."""
    steps: list[str] = []
    at: Node | None = node
    while at is not None:
        scope, parts = at.scope, list[str]()
        here: Node | None = at
        while here is not None and here.scope is scope:
            named = here.get("id")
            if named and stable_id(named) and named not in scope.repeated:
                parts.append("#" + re.sub(r"([^\w\u0080-\uffff-])", r"\\\1", named))
                break
            parts.append(_step(here))
            here = here.parent
        steps.append(" > ".join(reversed(parts)))
        at = scope.host
    return " >>> ".join(reversed(steps))


def xpath(node: Node) -> str:
    """Tags and numbers from the top of the document or shadow root, such as /html/body/div[2]."""
    steps: list[str] = []
    at: Node | None = node
    while at is not None:
        parts: list[str] = []
        here: Node | None = at
        while here is not None and here.scope is at.scope:
            rank, alone = _rank(here)
            parts.append(here.tag if alone else f"{here.tag}[{rank}]")
            here = here.parent
        steps.append("/" + "/".join(reversed(parts)))
        at = at.scope.host
    return " >>> ".join(reversed(steps))


def snippet(node: Node) -> str:
    """The opening tag with what it says, shortened."""
    attributes = "".join(f' {name}="{_cut(value, 120)}"' if value else f" {name}" for name, value in list(node.attributes.items())[:12])
    text = node.raw_text
    inner = _cut(text, 80) if not node.children else _cut(text, 60) + ("…" if len(text) <= 60 else "")
    return f"<{node.tag}{attributes}>" + (f"{inner}</{node.tag}>" if inner or node.children else "")


def _step(node: Node) -> str:
    if node.tag in ("html", "body"):
        return node.tag
    rank, alone = _rank(node)
    return node.tag if alone else f"{node.tag}:nth-of-type({rank})"


def _rank(node: Node) -> tuple[int, bool]:
    """Which of its siblings of the same tag it is, from 1, and whether it is the only one."""
    if node.parent is None:
        return 1, True
    ranks, totals = _family(node.parent)
    return ranks[node.index], totals[node.tag, id(node.scope)] == 1


def _family(parent: Node) -> tuple[dict[int, int], Counter[tuple[str, int]]]:
    """Index of a child -> which of its tag and scope it is, from 1; tag and scope -> how many. Remembered with the parent."""
    return parent.remembered("family", lambda: _counted(parent.children))


def _counted(children: Iterable[Node]) -> tuple[dict[int, int], Counter[tuple[str, int]]]:
    ranks: dict[int, int] = {}
    totals: Counter[tuple[str, int]] = Counter()
    for child in children:
        kind = child.tag, id(child.scope)
        totals[kind] += 1
        ranks[child.index] = totals[kind]
    return ranks, totals


def _attributes(node: Node) -> dict[str, str]:
    return {name: _cut(value, 300) for name, value in list(node.attributes.items())[:ATTRIBUTES_AT_MOST]}


def _ancestors(node: Node) -> Iterator[dict[str, str]]:
    frame = node.frame
    for number, one in enumerate(node.ancestors()):
        if number == 4 or one.frame is not frame:
            return
        named = {name: _cut(value, 300) for name, value in one.attributes.items() if name in NAMING}
        yield {"tag": one.tag, **named}


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most] + "…"
