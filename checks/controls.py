"""What several checks ask of things that answer to the mouse: whether the keyboard reaches them, and whether they open the site's aids."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urljoin

from checks.document import Document, Node

CLICKS = frozenset({"click", "dblclick"})
KEYS = frozenset({"keydown", "keyup", "keypress"})
CONTROLS = frozenset({"a", "area", "button", "input", "select", "textarea", "summary", "option", "optgroup", "label", "audio", "video",
                      "object", "embed", "iframe", "details"})  # fmt: skip
FRAMES_OF_PAGES = frozenset({"html", "body", "frameset", "frame", "iframe", "main", "form", "table", "tbody", "thead", "fieldset",
                             "dialog"})  # fmt: skip
DISABLED = re.compile(r"(?:^|[\s_-])disabled?(?:$|[\s_-])")
TRACKING = re.compile(r"\s*(?:_hmt|_czc|ga|gtag|_paq|trackEvent|dcs\w*)\b[^;]*;?\s*", re.IGNORECASE)
PLAYER = re.compile(r"player|video-?js|vjs|plyr|prism", re.IGNORECASE)
ACTIVE_PARTS = frozenset({"option", "tab", "menuitem", "menuitemcheckbox", "menuitemradio", "treeitem", "radio", "gridcell", "row",
                          "columnheader"})  # fmt: skip
TEXT_FIELDS = frozenset({"", "text", "search", "tel", "email", "url", "number", "password", "date"})
WRITTEN_ADDRESS = re.compile(r"(?:location(?:\.href)?\s*=|open\s*\(|location\.(?:assign|replace)\s*\()\s*['\"]([^'\"]+)['\"]")
LEADS = re.compile(r"location|\bopen\s*\(|submit\s*\(|href|history\.|print\s*\(|\.click\s*\(", re.IGNORECASE)

ENTRANCE = re.compile(
    r"无障碍(?!环境|建设|设施|改造|出行|法|条例|专栏|知识|督导|宣传)|適老|适老|长者(?:版|模式|助手|专区|浏览)?|关怀(?:版|模式)"
    r"|老年(?:版|模式)|敬老版|大字版|辅助浏览"
)
ENTRANCE_MARK = re.compile(r"wza|zhangai|barrier|toolbarswitch|shilao|zhangzhe|guanhuai|elder|laonian|caringmode", re.IGNORECASE)


def reached_by_tab(node: Node) -> bool:
    """Whether the Tab key stops at it by its markup; areas that Chromium makes focusable only because they scroll do not count."""
    marked = node.tag in CONTROLS or node.has("tabindex") or node.has("contenteditable")
    return marked and node.tag not in FRAMES_OF_PAGES and node.tabbable


def mouse_only(document: Document) -> Iterator[Node]:
    """What is seen, answers to clicks itself, and cannot be had by keyboard: neither it nor anything in it or around it takes the focus."""
    clicked = [node for node in document.nodes if _answers(node)]
    known = {node.index for node in clicked}
    for node in clicked:
        if _candidate(node) and not any(one.index in known and one.visible for one in node.descendants()) and not _reachable(node):
            yield node


class Clicked(StrEnum):
    """How it stands with something that answers to clicks alone."""

    SURE = "sure"  #: nothing takes its place
    FIELD = "field"  #: it belongs to a text field, in which Enter may do the same
    TWIN = "twin"  #: what stands beside it may do the same
    SCRIPT = "script"  #: it has a script, of which nothing shows what it does


@dataclass(frozen=True, kw_only=True)
class MouseOnly:
    """Something that answers to clicks and that the keyboard does not reach; `leads`: to an address that its script names."""

    node: Node
    why: Clicked
    leads: bool


def clicked_only(document: Document) -> Iterator[MouseOnly]:
    """What only the mouse can use and the keyboard cannot have elsewhere on the page, as far as the markup tells."""
    elsewhere = same_by_keyboard(document)
    for node in mouse_only(document):
        code = node.get("onclick") or node.get("ondblclick")
        found = WRITTEN_ADDRESS.search(code)
        if entrance(node) or (code and code.strip().rstrip(";") in elsewhere) or (found and address(node, found[1]) in elsewhere):
            continue
        if (why := _why(node, code)) is not None:
            yield MouseOnly(node=node, why=why, leads=bool(found))


def _why(node: Node, code: str) -> Clicked | None:
    field = field_beside(node)
    if field is not None and not node.text and _typed(field):
        return Clicked.FIELD
    if twin_beside(node):
        return Clicked.TWIN
    if node.style("cursor") == "pointer" or LEADS.search(code):
        return Clicked.SURE
    return Clicked.SCRIPT if code and len(node.text) <= 30 else None


def clicked_rows(document: Document) -> Iterator[Sequence[Node]]:
    """Rows of two or more things with the hand cursor, clicks on which something above them may handle."""
    rows: dict[int, list[Node]] = {}
    for node in document.elements("li", "span", "div", "td", "i", "em"):
        above = node.parent
        if above is None or node.style("cursor") != "pointer" or above.style("cursor") == "pointer" or not 0 < len(node.text) <= 20:
            continue
        if node.visible and not node.veiled and not node.listeners & CLICKS and mere(node) and any(_handles(one) for one in _near(node)):
            rows.setdefault(above.index, []).append(node)
    return (row for row in rows.values() if len(row) > 1)


def _handles(node: Node) -> bool:
    return node.tag not in ("html", "body") and bool(node.listeners & CLICKS)


def _near(node: Node) -> Iterator[Node]:
    return (above for _, above in zip(range(4), node.ancestors(), strict=False))


def _typed(field: Node) -> bool:
    """Whether Enter in a text field may do what the icon beside it does."""
    form = field.inside("form")
    return bool(field.listeners & KEYS) or (form is not None and (form.has("action") or "submit" in form.listeners))


def mere(node: Node) -> bool:
    """Whether it is no control, holds none, and stands in none that the keyboard reaches."""
    return node.tag not in CONTROLS and not node.focusable and not _disabled(node) and not _reachable(node)


def _answers(node: Node) -> bool:
    """Whether a click on it does something, as far as the capture tells."""
    code = node.get("onclick") or node.get("ondblclick") or node.get("onmousedown") or node.get("onmouseup")
    if code:
        return bool(TRACKING.sub("", code).strip(" ;")) and not re.fullmatch(r"\s*(?:return\s+(?:false|true)|event\.\w+\(\));?\s*", code)
    return bool(node.listeners & CLICKS)


def _candidate(node: Node) -> bool:
    if node.tag in FRAMES_OF_PAGES or (node.tag in CONTROLS and node.tag not in ("a", "area")) or node.focusable:
        return False
    if node.tag == "a" and node.has("href"):
        return False
    if not node.visible or node.veiled or node.box is None or node.style("pointer-events") == "none":
        return False
    box = node.box
    return min(box.width, box.height) >= 4 and box.width * box.height < 0.5 * 1280 * 800 and not _disabled(node) and len(node.text) <= 200


def _disabled(node: Node) -> bool:
    return node.get("aria-disabled") == "true" or node.has("disabled") or DISABLED.search(node.get("class")) is not None


def _reachable(node: Node) -> bool:
    """Whether something in it, around it or bound to it takes the keyboard in its place."""
    if any(reached_by_tab(one) for one in node.descendants()):
        return True
    for above in node.ancestors():
        if above.tag in ("label", "button", "summary", "select", "object") or reached_by_tab(above):
            return True
        if above.tag in ("html", "body"):
            break
    if any(_plays(above) for _, above in zip(range(3), node.ancestors(), strict=False)):
        return True
    role = node.get("role").strip().lower()
    near = node.parent
    if near is None:
        return False
    if role in ACTIVE_PARTS and any(reached_by_tab(one) for one in near.children):
        return True
    return any(one.tag == "input" and one.get("type").lower() in ("checkbox", "radio", "file") and one.focusable for one in near.children)


def _plays(node: Node) -> bool:
    """Whether it is a media player with buttons of its own, whose picture merely answers to clicks too."""
    return PLAYER.search(node.get("class")) is not None and any(reached_by_tab(one) for one in node.descendants("button", "video", "audio"))


def same_by_keyboard(document: Document) -> frozenset[str]:
    """The addresses and the scripts that the keyboard can reach on a page."""
    told: set[str] = set()
    for node in document.with_attribute("href", "onclick"):
        if reached_by_tab(node):
            if node.get("onclick").strip():
                told.add(node.get("onclick").strip().rstrip(";"))
            if leads := address(node, node.get("href")):
                told.add(leads)
    return frozenset(told)


def address(node: Node, written: str) -> str:
    """The whole address that an address in an attribute or script of an element stands for; "" for none, a fragment or a script."""
    written = written.strip()
    if not written or written.startswith("#") or written.lower().startswith("javascript:"):
        return ""
    try:
        return urljoin(node.scope.url, written)
    except ValueError:
        return written


def field_beside(node: Node) -> Node | None:
    """The text field that an icon belongs to: one that stands beside it or beside what holds it."""
    at = node.parent
    for _ in range(2):
        if at is None or at.tag in FRAMES_OF_PAGES - {"form"}:
            return None
        for one in at.descendants("input"):
            if one.get("type").lower() in TEXT_FIELDS and one.visible:
                return one
        at = at.parent
    return None


def twin_beside(node: Node) -> Node | None:
    """A link or button right beside a picture or icon without words, which may do the same."""
    if node.text or node.parent is None:
        return None
    beside = [one for one in node.parent.children if one is not node and one.visible]
    parts = [part for one in beside for part in (one, *(one.children if len(one.children) == 1 else ()))]
    return next((one for one in parts if one.tag in ("a", "button") and reached_by_tab(one)), None)


def entrance(node: Node) -> str:
    """How a link or control calls itself that leads to the site's aids for disabled or old people; "" for all others."""
    pictures = [node, *node.descendants("img", "i", "span", "svg")] if len(node.children) <= 4 else [node]
    words = [node.text, node.name, node.get("title"), *(one.get("alt") or one.get("title") for one in pictures)]
    for text in words:
        if 0 < len(text) <= 16 and ENTRANCE.search(text):
            return text
    marks = " ".join(f"{one.get('id')} {one.get('class')} {one.get('src')} {one.get('href')} {one.get('onclick')}" for one in pictures)
    return "无障碍" if not node.text and ENTRANCE_MARK.search(marks) else ""
