"""Writes one element as HTML with its attributes changed, so that a repair can be proposed for that very element."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from auditor.model import Element
from reports.text import line

VALUE, SHOWN, INNER = 120, 14, 60
"""Characters of a value, attributes of an element and characters of its text that are written; more would not be read."""

MADE_OF_ELEMENTS = frozenset({"select", "ul", "ol", "dl", "table", "tbody", "thead", "tr", "html", "body", "video", "audio", "svg"})
"""Tags between which text never stands alone."""
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
_NAME = re.compile(r"[A-Za-z_:@][\w:.@-]{0,60}", re.ASCII)
_TAG = re.compile(r"[a-z][a-z0-9-]{0,40}", re.ASCII)
_OPENING = re.compile(r"""\s*<([A-Za-z][\w:-]{0,60})(?:[^>"']|"[^"]*"|'[^']*')*>""")
_CLOSING = re.compile(r"</([A-Za-z][\w:-]{0,60})\s*>\s*\Z")
_CHILD = re.compile("<[A-Za-z]")
_PLAIN = re.compile(r"[\w\u0080-\uffff-]{1,60}")


def tag_of(element: Element) -> str:
    """The name of its tag; div where what is stored is no name."""
    return element.tag if _TAG.fullmatch(element.tag) else "div"


def inside(element: Element) -> str:
    """What stands between its tags: its text where that is all and known whole, "" where there is nothing, else an ellipsis.

    An ellipsis stands for what is there already: text without the elements in it would do damage if somebody pasted it.
    """
    text, body = " ".join(element.text.split()), _body(element)
    if body is not None and not body.strip():
        return ""
    if element.tag == "iframe" and not element.snippet:
        return ""
    known = body is not None and "<" not in body if element.snippet else element.tag not in MADE_OF_ELEMENTS
    return text if known and text and len(text) <= INNER and not text.endswith(("…", "...")) else "…"


def holds_elements(element: Element) -> bool:
    """Whether its stored code shows other elements inside."""
    opening = _OPENING.match(element.snippet)
    return bool(opening and _CHILD.search(element.snippet, opening.end()))


def shortened(element: Element) -> bool:
    """Whether its values or its attributes are too many or too long to be written whole."""
    kept = [value for key, value in element.attributes.items() if _NAME.fullmatch(key)]
    return len(kept) > SHOWN or any(len(" ".join(value.split())) > VALUE for value in kept)


def _body(element: Element) -> str | None:
    """The code between its tags; None where it is not stored, or not to its end."""
    opening, closing = _OPENING.match(element.snippet), _CLOSING.search(element.snippet)
    if not opening or not closing or closing[1].lower() != opening[1].lower() or closing.start() < opening.end():
        return None
    return element.snippet[opening.end():closing.start()]


def written(
    element: Element,
    changes: Mapping[str, str | None] | None = None,
    *,
    tag: str = "",
    inner: str | None = None,
) -> str:
    """The element as HTML with `changes` made to its attributes: name -> new value, None: left out. New ones stand last.

    `tag`: another tag instead of its own. `inner`: text between the tags, None: what `inside` says. Whatever stands in the values is
    escaped, and what is no proper name of an attribute is left out, so that the code is one element and nothing else.
    """
    changes = changes or {}
    name = tag or tag_of(element)
    kept = {key: value for key, value in element.attributes.items() if _NAME.fullmatch(key) and key not in changes}
    room = max(1, SHOWN - len(changes))
    old = list(kept.items())[:room]
    new = [(key, value) for key, value in changes.items() if value is not None]
    order = list(element.attributes)
    attributes = sorted(old + new, key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))
    opening = f"<{name}{''.join(_attribute(key, value) for key, value in attributes)}>"
    if name in VOID:
        return opening
    return f"{opening}{escape(inside(element) if inner is None else inner, quote=False)}</{name}>"


def style_rule(element: Element, declarations: Mapping[str, str]) -> str:
    """A rule of a style sheet for the element: by its id or class where that is a plain word, else by its selector."""
    body = "".join(f"  {name}: {value};\n" for name, value in declarations.items())
    return f"{_chosen(element)} {{\n{body}}}"


def _chosen(element: Element) -> str:
    own, classes = element.attributes.get("id", "").strip(), element.attributes.get("class", "").split()
    if _PLAIN.fullmatch(own):
        return f"#{own}"
    if classes and _PLAIN.fullmatch(classes[0]):
        return f"{tag_of(element)}.{classes[0]}"
    return line(element.selector.rpartition(" >>> ")[2], VALUE) or tag_of(element)


def _attribute(name: str, value: str) -> str:
    return f' {name}="{quoted(value)}"' if value or name in ("alt", "value", "title") else f" {name}"


def quoted(value: str) -> str:
    """A value as it stands between double quotes, shortened."""
    return escape(line(value, VALUE), quote=False).replace('"', "&quot;")
