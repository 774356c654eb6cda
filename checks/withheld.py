"""What an element of a captured page withholds by itself: from assistive technology, and from people who look."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checks.nodes import Node

CUT = frozenset({"inset(50%)", "inset(100%)", "circle(0px at 50% 50%)", "polygon(0px 0px, 0px 0px, 0px 0px)"})
REPLACED = frozenset({"img", "svg", "canvas", "video", "iframe", "embed", "object", "input", "hr"})


def veils(node: Node) -> bool:
    """Whether it withholds itself, with all that it holds, from assistive technology."""
    if node.get("aria-hidden").strip().lower() == "true" or node.has("inert"):
        return True
    boxless = node.tag in ("map", "area") or node.style("display") == "contents" or any(child.rendered for child in node.children)
    return not node.rendered and not boxless


def clips(node: Node) -> bool:
    """Whether it cuts what it holds down to nothing, as text for screen readers alone is cut (.sr-only)."""
    if node.layout is None or node.tag in REPLACED:
        return False
    box = node.layout.box
    if node.style("overflow-x") not in ("visible", "") and (box.width <= 1 or box.height <= 1):
        return True
    clip = node.style("clip").replace("px", "")
    if node.style("position") in ("absolute", "fixed") and clip in ("rect(0, 0, 0, 0)", "rect(1, 1, 1, 1)"):
        return True
    return node.style("clip-path") in CUT
