"""Says what a screen reader is given of one element: where it stands in the tree, its role, its name and its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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

SPOKEN: Mapping[str, str] = {
    **words.ROLE, **words.LANDMARK, "article": "文章", "audio": "音频", "video": "视频", "cell": "单元格",
    "columnheader": "表头", "combobox": "下拉框", "definition": "释义",
    "figure": "插图", "group": "分组", "heading": "标题",
    "iframe": "框架", "meter": "数值指示", "option": "选项", "paragraph": "段落", "progressbar": "进度条", "radio": "单选按钮", "row": "行",
    "rowgroup": "行组", "searchbox": "搜索框", "separator": "分隔线", "slider": "滑块", "spinbutton": "数字框", "switch": "开关",
    "table": "表格", "term": "名称项", "tooltip": "提示框",
}  # fmt: skip
"""Role -> what it is called in Chinese."""

STATES: Mapping[tuple[str, str], str] = {
    ("aria-checked", "true"): "已选中", ("aria-checked", "false"): "未选中", ("aria-checked", "mixed"): "部分选中",
    ("aria-expanded", "true"): "已展开", ("aria-expanded", "false"): "已收起", ("aria-selected", "true"): "已选定",
    ("aria-selected", "false"): "未选定", ("aria-pressed", "true"): "已按下", ("aria-pressed", "false"): "未按下",
    ("aria-required", "true"): "必填", ("aria-invalid", "true"): "填写有误", ("aria-disabled", "true"): "不可用",
    ("aria-readonly", "true"): "只读", ("aria-hidden", "true"): "对读屏软件隐藏", ("aria-haspopup", "true"): "有弹出菜单",
    ("aria-haspopup", "menu"): "有弹出菜单", ("aria-busy", "true"): "正在加载",
}  # fmt: skip
PRESENT: Mapping[str, str] = {"checked": "已选中", "disabled": "不可用", "required": "必填", "readonly": "只读", "open": "已展开"}
NO_NAME = "没有名称"


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
        return "没有角色，只当作普通文字"
    level = f"，{element.tag[1]} 级" if role == "heading" and element.tag[1:].isdigit() else ""
    return f"{known}（{role}{level}）" if known else line(role, 40)


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
        return "空（作为装饰略过不读）"
    return f"“{line(element.name, 80)}”" if element.name.strip() else NO_NAME


def _state(element: Element) -> str:
    told = [word for name, word in PRESENT.items() if name in element.attributes]
    told += [word for (name, value), word in STATES.items() if element.attributes.get(name, "").strip().lower() == value]
    return "、".join(dict.fromkeys(told)) or "没有特别的状态"


def _path(element: Element) -> list[str]:
    """The landmark, then the ancestors that a screen reader tells of, the outermost first."""
    inside = [SPOKEN.get(role_of(one.get("tag", ""), one), "") for one in reversed(element.ancestors)]
    landmark = words.LANDMARK.get(element.landmark, "")
    outside = [] if landmark in inside else [landmark]  # ancestors are told up to some depth only
    return list(dict.fromkeys(filter(None, [*outside, *inside])))
