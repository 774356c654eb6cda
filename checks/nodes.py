"""One element of a captured page: its place in the tree, what assistive technology is told of it, and what people see of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from auditor.model import Box
from checks.colour import Colour, over, parsed
from checks.engine import mark
from checks.parts import Layout, Scope, Text
from checks.texts import collapsed, raw, shown
from checks.withheld import clips, veils

if TYPE_CHECKING:
    from checks.document import Document

T = TypeVar("T")
SPACES = re.compile(r"[\s\ufeff]+")
LANDMARKS = frozenset({"banner", "navigation", "main", "complementary", "contentinfo", "search", "form", "region"})
ROLES = {"image": "img", "ComboBoxSelect": "combobox", "ComboBoxMenuButton": "combobox", "ComboBoxGrouping": "combobox",
         "TextField": "textbox", "TextFieldWithComboBox": "combobox", "ToggleButton": "button", "PopUpButton": "button",
         "Date": "textbox", "DateTime": "textbox", "InputTime": "textbox", "ColorWell": "textbox", "Details": "group",
         "DisclosureTriangle": "button", "LayoutTable": "layout-table", "LayoutTableRow": "layout-row",
         "LayoutTableCell": "layout-cell", "Iframe": "iframe", "IframePresentational": "iframe",
         "LabelText": "label", "Legend": "legend", "Figcaption": "figcaption", "Canvas": "canvas", "Video": "video", "Audio": "audio",
         "EmbeddedObject": "embed", "PluginObject": "object", "SvgRoot": "svg", "RootWebArea": "document"}  # fmt: skip
"""Names of roles that only Chromium uses -> ARIA's, or ours where ARIA has none (layout-table: a table that only places things)."""


class Node:
    """One element of a Document. Everything is computed when it is first asked for."""

    __slots__ = ("_memo", "attributes", "children", "clickable", "document", "index", "layout", "number", "order", "parent", "rank",
                 "scope", "tag", "texts")  # fmt: skip

    def __init__(
        self, document: Document, index: int, tag: str, attributes: Mapping[str, str], parent: Node | None, scope: Scope
    ) -> None:
        self.document = document
        self.index = index  #: in document order, over all frames
        self.tag = tag  #: lower case; svg and math as they are named
        self.attributes = attributes  #: names in lower case
        self.parent = parent  #: across the borders of frames and shadow roots; None: the root of the page
        self.scope = scope  #: the document or shadow root that it stands in
        self.children: list[Node] = []
        self.texts: list[tuple[int, Text]] = []  #: own text nodes with the number of child elements before each
        self.layout: Layout | None = None  #: None: not rendered
        self.number = ""  #: its name in the capture
        self.clickable = False  #: Chromium's guess: it answers to the mouse
        self.order = 0  #: which of `parent.children` it is
        self.rank = 0  #: the same, among those of its own document or shadow root
        self._memo: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"<{self.tag} {dict(self.attributes)}>"

    # ------------------------------------------------------------------------------------------ the tree

    def get(self, name: str, default: str = "") -> str:
        """The value of an attribute; `default` where it is missing."""
        return self.attributes.get(name, default)

    def has(self, name: str) -> bool:
        """Whether it has an attribute, with whatever value."""
        return name in self.attributes

    @property
    def frame(self) -> Scope:
        """The document that it stands in, shadow roots or not."""
        scope = self.scope
        while scope.kind == "shadow" and scope.host:
            scope = scope.host.scope
        return scope

    def ancestors(self) -> Iterator[Node]:
        """Its parent, the parent of that, and so on, out of shadow roots and frames too."""
        at = self.parent
        while at is not None:
            yield at
            at = at.parent

    def inside(self, *tags_or_roles: str) -> Node | None:
        """The nearest ancestor with one of these tags or roles."""
        return next((one for one in self.ancestors() if one.tag in tags_or_roles or one.role in tags_or_roles), None)

    def descendants(self, *tags: str) -> Iterator[Node]:
        """All elements under it in document order, those with one of the tags where any are named."""
        waiting = list(reversed(self.children))
        while waiting:
            one = waiting.pop()
            if not tags or one.tag in tags:
                yield one
            waiting.extend(reversed(one.children))

    def remembered(self, key: str, make: Callable[[], T]) -> T:
        """What `make` tells of it, which is asked only once under this key."""
        if key not in self._memo:
            self._memo[key] = make()
        found: T = self._memo[key]
        return found

    def _inherited(self, key: str, own: Callable[[Node], bool]) -> bool:
        """Whether something holds of this element or of any that it stands in; remembered for all of them."""
        way: list[Node] = []
        at: Node | None = self
        while at is not None and key not in at._memo:
            way.append(at)
            at = at.parent
        found = bool(at is not None and at._memo[key])
        for one in reversed(way):
            found = found or own(one)
            one._memo[key] = found
        return found

    @property
    def place(self) -> str:
        """The way to it from the top: which child element of its parent, s into a shadow root, f into a frame (as in `axe/run.js`)."""
        way: list[Node] = []
        at: Node | None = self
        while at is not None and "place" not in at._memo:
            way.append(at)
            at = at.parent
        for one in reversed(way):
            border = "" if one.parent is None or one.scope is one.parent.scope else "s/" if one.scope.kind == "shadow" else "f/"
            one._memo["place"] = f"{one.parent.place}/{border}{one.rank}" if one.parent else "0"
        return str(self._memo["place"])

    @property
    def mark(self) -> str:
        """What tells it from others (`checks.engine.mark`). The capture has slotted text under its slot: hosts and slots have none."""
        elsewhere = self.tag == "slot" or any(child.scope.host is self for child in self.children)
        own = () if elsewhere else (SPACES.sub("", text.raw[:1000]) for _, text in self.texts)
        return mark(self.tag, self.attributes, "".join(own))

    @property
    def previous(self) -> Node | None:
        """The element before it under the same parent."""
        return self.parent.children[self.order - 1] if self.parent and self.order else None

    @property
    def next(self) -> Node | None:
        """The element after it under the same parent."""
        return self.parent.children[self.order + 1] if self.parent and self.order + 1 < len(self.parent.children) else None

    def by_id(self, wanted: str) -> Node | None:
        """The first element with an id in the document or shadow root that this one stands in."""
        return self.scope.ids.get(wanted)

    def refers(self, attribute: str) -> list[Node]:
        """The elements that an attribute with a list of ids names, those that exist."""
        return [found for word in self.get(attribute).split() if (found := self.by_id(word))]

    # ------------------------------------------------------------------------------------------ what assistive technology is told

    @property
    def _told(self) -> list[Any]:
        return self.document.told.get(self.number) or ["", "", "", "absent", {}]

    @property
    def role(self) -> str:
        """The role that Chromium computes, by its ARIA name; for what is not in the accessibility tree, that of the role attribute."""
        told = str(self._told[0])
        return ROLES.get(told, told) if told else (self.get("role").lower().split() or [""])[0]

    @property
    def name(self) -> str:
        """The accessible name that Chromium computes, white space collapsed."""
        return collapsed(self._told[1])

    @property
    def name_from(self) -> str:
        """Where the name comes from: alt, aria-label, aria-labelledby, title, placeholder, contents, label, …; "" without a name."""
        return str(self._told[2])

    @property
    def description(self) -> str:
        """The accessible description."""
        return collapsed(self._told[4].get("description", ""))

    @property
    def exposed(self) -> bool:
        """Whether assistive technology meets it: it is in the accessibility tree and not ignored."""
        return not self._told[3]

    @property
    def hidden(self) -> bool:
        """Whether it is withheld from assistive technology with all that it holds (not rendered, invisible, aria-hidden, inert)."""
        unseen = (self.layout is not None and self.style("visibility") in ("hidden", "collapse") and not self.exposed) or (
            not self.rendered and self.tag != "area"
        )
        return unseen or self.veiled

    @property
    def veiled(self) -> bool:
        """Whether it withholds what it holds: as `hidden`, but for visibility, which children may take back."""
        return self._inherited("veiled", veils)

    def state(self, name: str) -> Any:
        """A property of the accessibility tree: level, checked, expanded, required, invalid, disabled, hasPopup …; None without one."""
        return self._told[4].get(name)

    @property
    def focusable(self) -> bool:
        """Whether it can have the focus at all, by script too."""
        if self.state("focusable"):
            return True
        return not self.exposed and self.rendered and self._natively_focusable

    @property
    def tabbable(self) -> bool:
        """Whether the Tab key is meant to reach it: focusable, and its tabindex is not negative."""
        return self.focusable and not re.match(r"\s*-\d", self.get("tabindex"))

    @property
    def _natively_focusable(self) -> bool:
        if self.has("disabled") or self.style("visibility") in ("hidden", "collapse"):
            return False
        native = self.tag in ("button", "select", "textarea", "iframe", "summary") or (self.tag in ("a", "area") and self.has("href"))
        native = native or (self.tag == "input" and self.get("type").lower() != "hidden")
        native = native or (self.tag in ("audio", "video") and self.has("controls"))
        return native or bool(re.match(r"\s*-?\d", self.get("tabindex")))

    @property
    def heading_level(self) -> int | None:
        """1 to 6 and beyond, for what is exposed as a heading."""
        return int(self.state("level") or 2) if self.role == "heading" and self.exposed else None

    @property
    def landmark(self) -> str:
        """The role of the landmark that it is or stands in; "" outside of all."""
        return next((one.role for one in (self, *self.ancestors()) if one.role in LANDMARKS), "")

    @property
    def language(self) -> str:
        """The nearest lang (or xml:lang) attribute in its document, as written; "" where there is none."""
        at: Node | None = self
        while at is not None:
            for name in ("lang", "xml:lang"):
                if at.has(name):
                    return at.get(name).strip()
            at = None if at is at.scope.root and at.scope.kind == "frame" else at.parent
        return ""

    @property
    def listeners(self) -> frozenset[str]:
        """The types of events that it listens to itself, those of on… attributes too."""
        return frozenset(self.document.listeners.get(self.number, ()))

    # ------------------------------------------------------------------------------------------ what people see

    @property
    def rendered(self) -> bool:
        """Whether it has a box at all (it may still be invisible, empty or off the page)."""
        return self.layout is not None

    @property
    def visible(self) -> bool:
        """Whether people can see it or something in its place: rendered, visible, not transparent, not clipped away, on the page."""
        return self.remembered("visible", self._seen)

    def _seen(self) -> bool:
        box = self.box
        if not self._could_be_seen() or box is None:
            return False
        return (box.width >= 1 and box.height >= 1) or any(
            one._could_be_seen() and one.box is not None and one.box.width >= 1 and one.box.height >= 1 for one in self.descendants()
        )

    def _could_be_seen(self) -> bool:
        """Whether nothing but its size may keep it from being seen."""
        box = self.box
        if box is None or self.style("visibility") != "visible" or self.faint or self.clipped:
            return False
        return box.x + box.width > 0 and box.y + box.height > 0

    @property
    def faint(self) -> bool:
        """Whether its opacity, or that of what it stands in, is next to none."""
        return self._inherited("faint", lambda one: one.layout is not None and number(one.style("opacity"), 1.0) < 0.05)

    @property
    def clipped(self) -> bool:
        """Whether it, or what it stands in, is cut down to nothing, as text for screen readers alone is (.sr-only)."""
        return self._inherited("clipped", clips)

    @property
    def box(self) -> Box | None:
        """Its place on the page in CSS px, from the top left of the page; None: not rendered."""
        return self.layout.box if self.layout else None

    def style(self, name: str) -> str:
        """A computed style (`capture.STYLES`); "" for what is not rendered."""
        return self.layout.style(name) if self.layout else ""

    @property
    def font_size(self) -> float:
        """CSS px; 0 for what is not rendered."""
        return number(self.style("font-size"), 0.0)

    @property
    def bold(self) -> bool:
        """Whether its font weight is 600 or more."""
        return number(self.style("font-weight"), 400.0) >= 600

    @property
    def colour(self) -> Colour | None:
        """The colour of its text over what lies below, as Chromium blends it; None where that cannot be told."""
        fore, below = parsed(self.style("color")), self.background
        return over(fore, below) if fore and below else None

    @property
    def background(self) -> Colour | None:
        """The colour behind it, blended out of all backgrounds below; None over pictures and gradients."""
        layer = Colour(0, 0, 0, 0.0)
        for one in (self, *self.ancestors()):
            if one.layout is None:
                continue
            if one.style("background-image") not in ("none", ""):
                return None
            own = parsed(one.style("background-color"))
            if own is None:
                return None
            layer = over(layer, own) if layer.alpha else own
            if layer.alpha >= 0.999:
                return layer
        return over(layer, Colour(255, 255, 255, 1.0)) if layer.alpha else Colour(255, 255, 255, 1.0)

    # ------------------------------------------------------------------------------------------ text

    @property
    def text(self) -> str:
        """The text that people see in it and under it, white space collapsed, blocks apart; frames are left out."""
        return self.remembered("text", lambda: collapsed("".join(shown(self))))

    @property
    def own_text(self) -> str:
        """The visible text that stands in it directly, not in an element under it."""
        return collapsed(" ".join(text.shown for _, text in self.texts)) if self.visible else ""

    @property
    def raw_text(self) -> str:
        """All its text, hidden or not, as in the source (textContent)."""
        return collapsed("".join(raw(self)))

    @property
    def lines(self) -> list[Box]:
        """The boxes of its own lines of text, in CSS px of the page."""
        return [box for _, text in self.texts for box in text.boxes]

    # ------------------------------------------------------------------------------------------ pictures and media

    @property
    def natural_size(self) -> tuple[int, int] | None:
        """Width and height of an image's file; (0, 0): it did not arrive; None: not an <img> outside of shadow roots."""
        found = self.document.pictures.get(self.index)
        return (int(found[0]), int(found[1])) if found else None

    @property
    def media(self) -> Mapping[str, Any] | None:
        """Of <video> and <audio>: duration (s or None), muted, paused, autoplay, tracks [[kind, language]], failed."""
        return self.document.media.get(self.index)


def number(style: str, without: float) -> float:
    """The number in front of a computed length; `without` where there is none (normal, auto)."""
    found = re.match(r"-?[\d.]+(?:e-?\d+)?", style)
    return float(found[0]) if found else without


def nearest(nodes: Iterable[Node]) -> list[Node]:
    """Those of some elements that stand in no other of them, in document order."""
    chosen = {node.index: node for node in nodes}
    return [node for _, node in sorted(chosen.items()) if not any(above.index in chosen for above in node.ancestors())]
