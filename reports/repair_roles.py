"""Repairs of entries whose role is heard only in a container: menu items, tabs, options and the like that stand alone."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.language import Pair, say
from auditor.model import Element
from reports.markup import tag_of, written
from reports.repairs import Proposal, Repair, Way

CONTAINERS: Mapping[str, tuple[str, Pair]] = {
    **dict.fromkeys(("menuitem", "menuitemcheckbox", "menuitemradio"), ("menu", ("菜单", "a menu"))),
    "tab": ("tablist", ("一组选项卡", "a set of tabs")), "option": ("listbox", ("列表框", "a list box")),
    "listitem": ("list", ("列表", "a list")), "treeitem": ("tree", ("树形目录", "a tree")),
}  # fmt: skip
"""Role of an entry -> (role of its container, what that is called); ARIA 1.2, «required accessibility parent role»."""
STATES = ("aria-selected", "aria-checked", "aria-posinset", "aria-setsize", "aria-level")
"""What only an entry of a container has."""
BY_ARROWS = frozenset({"menu", "tablist", "listbox", "tree"})
"""Containers in which people expect to move with the arrow keys."""


def _native(element: Element) -> bool:
    """Whether it is a link or a button without any role."""
    return element.tag == "button" or (element.tag == "a" and "href" in element.attributes)


def _alone(element: Element, message: str) -> Repair | None:
    """A link or button without the role, which is enough mostly; then the container that the role asks for."""
    known = CONTAINERS.get(element.attributes.get("role", "").strip().lower())
    if known is None:
        return None
    role, called = known
    around = "ul" if tag_of(element) == "li" else "div"
    placed = f'<{around} role="{role}">\n  {written(element)}\n  …\n</{around}>'
    keys = say("，并且能用方向键在各项之间移动", " in which the arrow keys move between the entries") if role in BY_ARROWS else ""
    inside = Way(code=placed, when=say(f"确实是{called[0]}{keys}", f"if it really is part of {called[1]}{keys}"))
    if not _native(element):
        return Repair(before=written(element), ways=(inside,))
    dropped: dict[str, str | None] = dict.fromkeys(("role", *STATES))
    if element.attributes.get("tabindex", "").strip().startswith("-"):
        dropped["tabindex"] = None
    plain = say("只是普通的链接", "if it is just a link") if element.tag == "a" else say("只是普通的按钮", "if it is just a button")
    return Repair(before=written(element), ways=(Way(code=written(element, dropped), when=plain), inside))


PROPOSALS: Mapping[str, Proposal] = {"aria-required-parent": _alone}
"""Rule -> what proposes its repair."""
