"""Says what a screen reader is given of one element: where it stands in the tree, its role, its name and its state."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass

from auditor.language import Words, listed, say
from auditor.model import Element
from reports import words
from reports.text import line

IMPLIED: Mapping[str, str] = {
    "a": "link", "area": "link", "article": "article", "aside": "complementary", "audio": "audio", "button": "button", "dd": "definition",
    "dialog": "dialog", "dl": "list", "dt": "term",
    "fieldset": "group", "figure": "figure", "footer": "contentinfo", "form": "form", "h1": "heading", "h2": "heading", "h3": "heading",
    "h4": "heading", "h5": "heading", "h6": "heading", "header": "banner", "hr": "separator", "iframe": "iframe", "img": "img",
    "li": "listitem", "main": "main", "meter": "meter", "nav": "navigation", "ol": "list", "option": "option", "p": "paragraph",
    "progress": "progressbar",
    "select": "combobox", "summary": "button", "svg": "img", "table": "table", "tbody": "rowgroup", "td": "cell", "textarea": "textbox",
    "th": "columnheader", "thead": "rowgroup", "tr": "row", "ul": "list", "video": "video",
}  # fmt: skip
"""Tag -> the role that its elements have of themselves (HTML-AAM), or what screen readers call it where ARIA has no role."""

INPUTS: Mapping[str, str] = {
    "button": "button", "submit": "button", "reset": "button", "image": "button", "checkbox": "checkbox", "radio": "radio",
    "range": "slider", "number": "spinbutton", "search": "searchbox",
}  # fmt: skip

ROLES: Mapping[str, str] = Words({
    "article": ("文章", "article"), "audio": ("音频", "audio"), "video": ("视频", "video"), "cell": ("单元格", "cell"),
    "columnheader": ("表头", "table header"), "combobox": ("下拉框", "drop-down list"), "definition": ("释义", "definition"),
    "figure": ("插图", "figure"), "group": ("分组", "group"), "heading": ("标题", "heading"), "iframe": ("框架", "frame"),
    "meter": ("数值指示", "meter"), "option": ("选项", "option"), "paragraph": ("段落", "paragraph"),
    "progressbar": ("进度条", "progress bar"), "radio": ("单选按钮", "radio button"), "row": ("行", "row"),
    "rowgroup": ("行组", "row group"), "searchbox": ("搜索框", "search field"), "separator": ("分隔线", "separator"),
    "slider": ("滑块", "slider"), "spinbutton": ("数字框", "number field"), "switch": ("开关", "switch"), "table": ("表格", "table"),
    "term": ("名称项", "term"), "tooltip": ("提示框", "tooltip"),
})  # fmt: skip
SPOKEN: Mapping[str, str] = ChainMap[str, str](ROLES, words.LANDMARK, words.ROLE)  # type: ignore[arg-type]
"""Role -> what it is called."""

STATES: Mapping[tuple[str, str], str] = Words({
    ("aria-checked", "true"): ("已选中", "checked"), ("aria-checked", "false"): ("未选中", "not checked"),
    ("aria-checked", "mixed"): ("部分选中", "partly checked"), ("aria-expanded", "true"): ("已展开", "expanded"),
    ("aria-expanded", "false"): ("已收起", "collapsed"), ("aria-selected", "true"): ("已选定", "selected"),
    ("aria-selected", "false"): ("未选定", "not selected"), ("aria-pressed", "true"): ("已按下", "pressed"),
    ("aria-pressed", "false"): ("未按下", "not pressed"), ("aria-required", "true"): ("必填", "required"),
    ("aria-invalid", "true"): ("填写有误", "entry not valid"), ("aria-disabled", "true"): ("不可用", "not available"),
    ("aria-readonly", "true"): ("只读", "read only"), ("aria-hidden", "true"): ("对读屏软件隐藏", "hidden from screen readers"),
    ("aria-haspopup", "true"): ("有弹出菜单", "has a pop-up menu"), ("aria-haspopup", "menu"): ("有弹出菜单", "has a pop-up menu"),
    ("aria-busy", "true"): ("正在加载", "loading"),
})  # fmt: skip
PRESENT: Mapping[str, str] = Words({
    "checked": ("已选中", "checked"), "disabled": ("不可用", "not available"), "required": ("必填", "required"),
    "readonly": ("只读", "read only"), "open": ("已展开", "expanded"),
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One element as a screen reader is given it."""

    path: tuple[str, ...]  #: what it stands in, the outermost first
    role: str
    name: str
    state: str


def heard(element: Element) -> Heard | None:
    """What is given of an element; None for whole pages and documents. Role and state are read from the code of the page."""
    if element.tag in ("", "html", "body", "head", "title", "meta", "document", "frameset"):
        return None
    return Heard(path=tuple(_path(element)), role=_role(element), name=_name(element), state=_state(element))


def _role(element: Element) -> str:
    role = role_of(element.tag, element.attributes)
    known = SPOKEN.get(role, "")
    if not role:
        return say("没有角色，只当作普通文字", "no role, taken as plain text")
    level = ""
    if role == "heading" and element.tag[1:].isdigit():
        level = say(f"，{element.tag[1]} 级", f", level {element.tag[1]}")
    return say(f"{known}（{role}{level}）", f"{known} ({role}{level})") if known else line(role, 40)


def role_of(tag: str, attributes: Mapping[str, str]) -> str:
    """The role of an element by its attribute, else by its tag; "" where it has none of itself."""
    told = attributes.get("role", "").lower().split()
    if told:
        return told[0]
    if tag == "input":
        return INPUTS.get(attributes.get("type", "").lower(), "textbox")
    if tag in ("a", "area") and "href" not in attributes:
        return ""
    return IMPLIED.get(tag, "")


def _name(element: Element) -> str:
    if element.tag == "img" and element.attributes.get("alt") == "" and not element.name.strip():
        return say("空（作为装饰略过不读）", "empty (passed over as decoration)")
    return f"“{line(element.name, 80)}”" if element.name.strip() else say("没有名称", "no name")


def _state(element: Element) -> str:
    told = [word for name, word in PRESENT.items() if name in element.attributes]
    told += [word for (name, value), word in STATES.items() if element.attributes.get(name, "").strip().lower() == value]
    return listed(list(dict.fromkeys(told))) or say("没有特别的状态", "no particular state")


def _path(element: Element) -> list[str]:
    """The landmark, then the ancestors that a screen reader tells of, the outermost first."""
    inside = [SPOKEN.get(role_of(one.get("tag", ""), one), "") for one in reversed(element.ancestors)]
    landmark = words.LANDMARK.get(element.landmark, "")
    outside = [] if landmark in inside else [landmark]  # ancestors are told up to some depth only
    return list(dict.fromkeys(filter(None, [*outside, *inside])))
