"""The skeleton of a document: what stays when the text is taken away, so that pages made by one template can be known.

Pure and standard library only.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_DEPTH = 6
"""Block levels of a document that its skeleton keeps (methods.md 1.4)."""


def dom_key(html: str) -> str:
    """The key of a document's template: sha1 of its skeleton (methods.md 1.4, step 3)."""
    return hashlib.sha1("\n".join(skeleton(html)).encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def skeleton(html: str) -> tuple[str, ...]:
    """The block elements of a rendered document in document order, each as depth, tag, landmark role and digit-free first class.

    Up to MAX_DEPTH levels, runs of equal siblings collapsed into one, text dropped. Linear in the length of the document, whatever
    is in it: the tags are read by one expression that never goes back (html.parser needs a time quadratic in unclosed markup).
    """
    tree = _Tree()
    for closing, name, attributes in tags(html):
        if not _BLOCK.fullmatch(name):
            continue
        if closing:
            tree.close(name)
        else:
            tree.open(name, _label(name, attributes))
            if name in ("frame", "hr"):
                tree.close(name)
    return tree.lines()


_BLOCK = re.compile(
    "address|article|aside|blockquote|center|d[dlt]|details|dialog|dir|div|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]"
    "|header|hgroup|hr|iframe|li|main|menu|nav|[ou]l|p|pre|search|section|summary|table|tbody|t[dhr]|tfoot|thead"
)
_RAW_TEXT = re.compile("iframe|noembed|noframes|noscript|plaintext|script|style|textarea|title|xmp")
_LANDMARK = re.compile("banner|complementary|contentinfo|form|main|navigation|region|search")

# After every "<x" all alternatives together eat everything up to ">" or the end: no way back, so linear. Quotes count after "=" only.
_MARKUP = re.compile(
    r"""<!--(?:-?>|.*?(?:--!?>|\Z))
    |<(/?)([a-zA-Z][^\s/>]*)((?:[^>"'=]+|=\s*(?:"[^"]*(?:"|\Z)|'[^']*(?:'|\Z))?|["'])*)(?:>|\Z)""",
    re.DOTALL | re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""([^\s=/"'>]+)(?:\s*=\s*(?:"([^"]*)|'([^']*)|([^\s"']*)))?""")


def tags(html: str) -> Iterator[tuple[bool, str, str]]:
    """Every tag of a document: whether it closes, its name, the text of its attributes."""
    position = 0
    while found := _MARKUP.search(html, position):
        position = found.end()
        if not found[2]:
            continue
        name = found[2].lower()
        yield bool(found[1]), name, found[3]
        if not found[1] and _RAW_TEXT.fullmatch(name):
            end = re.compile(rf"</{name}[\s/>]", re.IGNORECASE).search(html, position)
            position = end.start() if end else len(html)


def attributes(written: str) -> dict[str, str]:
    """The attributes of a tag by their names in lower case, as written, the first of equals; `written`: their text (`tags`)."""
    told: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(written):
        told.setdefault(found[1].lower(), (found[2] or found[3] or found[4] or "").strip())
    return told


def _label(name: str, written: str) -> str:
    wanted = attributes(written)
    role = wanted.get("role", "").lower()
    first = wanted.get("class", "").split(maxsplit=1)[:1]
    style = re.sub("[0-9]", "", first[0]) if first else ""
    return name + (f"[{role}]" if _LANDMARK.fullmatch(role) else "") + (f".{style}" if style else "")


@dataclass(slots=True)
class _Node:
    name: str
    lines: list[str]
    last: list[str] = field(default_factory=list)  #: the lines of the child before


class _Tree:
    """Open block elements, from the document down; elements below MAX_DEPTH are remembered by name only."""

    def __init__(self) -> None:
        self.nodes = [_Node("", [])]
        self.names: Counter[str] = Counter()

    def open(self, name: str, label: str) -> None:
        depth = len(self.nodes)
        self.nodes.append(_Node(name, [f"{depth} {label}"] if depth <= MAX_DEPTH else []))
        self.names[name] += 1

    def close(self, name: str) -> None:
        """Close the innermost element of this name and all that is still open inside it; a stray end tag is ignored."""
        while self.names[name]:
            node = self.nodes.pop()
            self.names[node.name] -= 1
            parent = self.nodes[-1]
            if node.lines and node.lines != parent.last:
                parent.lines += node.lines
                parent.last = node.lines
            if node.name == name:
                return

    def lines(self) -> tuple[str, ...]:
        while len(self.nodes) > 1:
            self.close(self.nodes[-1].name)
        return tuple(self.nodes[0].lines)
