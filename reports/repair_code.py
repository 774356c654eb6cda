"""Repairs that change how an element is made: its colours, its attributes, the element that stands for a control."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

from auditor.model import Element
from checks.colour import contrast
from reports.colours import apart, nearest, read
from reports.markup import style_rule, tag_of, words_in, written
from reports.repairs import Proposal, Repair, Way
from reports.text import line

MEASURED = re.compile(r"应不低于 ([\d.]+)(?::1)?（文字 (#[0-9a-fA-F]{3,6})，背景 (#[0-9a-fA-F]{3,6})")
LEADS = re.compile(r"(?:location(?:\.href)?\s*=|window\.open\s*\(|location\.assign\s*\()\s*(['\"])([^'\"\s]{1,300})\1")
FARTHER = 2.0
"""How many times as far as the colour of the text that of the background may be changed to be worth telling."""
NAMED = re.compile(r"[a-z][a-z-]{1,40}")

ARIA = (
    "aria-activedescendant", "aria-atomic", "aria-autocomplete", "aria-busy", "aria-checked", "aria-controls", "aria-current",
    "aria-describedby", "aria-description", "aria-details", "aria-disabled", "aria-errormessage", "aria-expanded", "aria-haspopup",
    "aria-hidden", "aria-invalid", "aria-keyshortcuts", "aria-label", "aria-labelledby", "aria-level", "aria-live", "aria-modal",
    "aria-multiline", "aria-multiselectable", "aria-orientation", "aria-owns", "aria-placeholder", "aria-posinset", "aria-pressed",
    "aria-readonly", "aria-relevant", "aria-required", "aria-roledescription", "aria-selected", "aria-setsize", "aria-sort",
    "aria-valuemax", "aria-valuemin", "aria-valuenow", "aria-valuetext",
)  # fmt: skip
ROLES = (
    "alert", "alertdialog", "article", "banner", "button", "cell", "checkbox", "columnheader", "combobox", "complementary", "contentinfo",
    "dialog", "figure", "form", "grid", "gridcell", "group", "heading", "img", "link", "list", "listbox", "listitem", "log", "main",
    "menu", "menubar", "menuitem", "navigation", "none", "note", "option", "presentation", "progressbar", "radio", "radiogroup", "region",
    "row", "rowgroup", "rowheader", "search", "searchbox", "slider", "spinbutton", "status", "switch", "tab", "table", "tablist",
    "tabpanel", "textbox", "timer", "toolbar", "tooltip", "tree", "treeitem",
)  # fmt: skip
SHORT_ROLES = {"nav": "navigation", "btn": "button", "header": "banner", "footer": "contentinfo", "aside": "complementary", "image": "img"}
FILLED = {"phone": "tel", "mobile": "tel", "telephone": "tel", "mail": "email", "e-mail": "email", "address": "street-address",
          "user": "username", "fullname": "name", "realname": "name", "zip": "postal-code", "birthday": "bday"}  # fmt: skip
TRUE, FALSE = frozenset({"1", "yes", "on", "open", "opened", "show", "t"}), frozenset({"0", "no", "off", "close", "closed", "hide", "f"})
BARRED = ("onpaste", "oncontextmenu", "onselectstart", "ondragstart", "oncopy", "oncut")
OPERABLE = frozenset({"button", "input", "select", "textarea", "summary", "option", "html", "body", "iframe", "video", "audio"})


def _one(element: Element, code: str, note: str = "", *, blank: bool = False) -> Repair:
    return Repair(before=written(element), ways=(Way(code=code, blank=blank),), note=note)


def _colours(element: Element, message: str) -> Repair | None:
    """The nearest colour of the text that can be read on its background, and that of the background under the text."""
    found = MEASURED.search(message)
    text, ground = (read(found[2]), read(found[3])) if found else (None, None)
    if not found or text is None or ground is None:
        return None
    least, chosen, ways = float(found[1]), nearest(text, ground, float(found[1])), []
    for name, changed, other, when in (("color", text, ground, "改文字的颜色"), ("background-color", ground, text, "改背景的颜色")):
        better = nearest(changed, other, least)
        if better is not None and (chosen is None or apart(changed, better) <= FARTHER * apart(text, chosen)):
            was, now = contrast(text, ground), contrast(better, other)
            told = f"{when}：{changed} 改为 {better}，对比度由 {_down(was)}:1 变为 {_down(now)}:1"
            ways.append(Way(code=style_rule(element, {name: str(better)}), when=told))
    note = "这是离原来的颜色最近、刚好达到要求的颜色；设计上另选更深或更浅的也可以。鼠标移上、获得焦点时的颜色也要达到要求。"
    return Repair(ways=tuple(ways), note=note) if ways else None


def _down(ratio: float) -> str:
    """A ratio rounded down, so that none is told that is not reached."""
    return f"{int(ratio * 100) / 100:g}"


def _without(names: Sequence[str], note: str) -> Proposal:
    """The element without some of its attributes; nothing where it has none of them."""

    def propose(element: Element, message: str) -> Repair | None:
        met = {name: None for name in names if name in element.attributes}
        return _one(element, written(element, met), note) if met else None

    return propose


def _with(changes: Mapping[str, str], note: str, *, blank: bool = False) -> Proposal:
    """The element with attributes added or changed."""

    def propose(element: Element, message: str) -> Repair | None:
        return _one(element, written(element, changes), note, blank=blank)

    return propose


def _styled(declarations: Mapping[str, str], note: str, *, ending: str = "") -> Proposal:
    def propose(element: Element, message: str) -> Repair | None:
        rule = style_rule(element, declarations)
        return Repair(ways=(Way(code=rule.replace(" {\n", f"{ending} {{\n", 1)),), note=note)

    return propose


def _other_tag(tag: str, note: str, *, around: str = "", drop: Sequence[str] = ()) -> Proposal:
    """Another element in place of this one, or one around it."""

    def propose(element: Element, message: str) -> Repair | None:
        if around:
            return _one(element, f"<{around}>\n  {written(element)}\n  …\n</{around}>", note)
        changes = {name: None for name in element.attributes if name in drop}
        return _one(element, written(element, changes, tag=tag), note)

    return propose


def _taken_out(note: str) -> Proposal:
    return lambda element, message: _one(element, "", note)


def _control(element: Element, message: str) -> Repair | None:
    """A real link where the script only leads somewhere, else a real button; both answer to keys by themselves."""
    if tag_of(element) in OPERABLE:
        return None
    told = element.attributes
    dropped = dict.fromkeys(("role", "tabindex", "href", "target", "onkeydown", "onkeypress"))
    leads = LEADS.search(told.get("onclick", ""))
    words = element.text.strip()
    inner = None if words else "【按下后做什么】"
    if leads and not leads[2].lower().startswith(("javascript:", "data:", "vbscript:")):
        code = written(element, {**dropped, "onclick": None, "href": leads[2]}, tag="a", inner=None if words else "【点击后去哪里】")
        return _one(element, code, "只是打开另一个网页的，用真正的链接，键盘和读屏软件都能用。", blank=not words)
    code = written(element, {**dropped, "type": "button"}, tag="button", inner=inner)
    note = "真正的按钮用 Tab 键走得到，按回车键和空格键都能用，不需要另写脚本。原来用脚本绑定的点击仍然有效；外观用样式表调整。"
    return _one(element, code, note, blank=not words)


def _viewport(element: Element, message: str) -> Repair | None:
    parts = [part.strip() for part in re.split("[,;]", element.attributes.get("content", "")) if part.strip()]
    kept = [part for part in parts if not part.lower().replace(" ", "").startswith(("user-scalable=", "maximum-scale=", "minimum-scale="))]
    if not parts or kept == parts:
        return None
    return _one(element, written(element, {"content": ", ".join(kept) or "width=device-width, initial-scale=1"}),
                "改模板一处，用它生成的网页随之改好。")  # fmt: skip


def _spacing(element: Element, message: str) -> Repair | None:
    style = element.attributes.get("style", "")
    mended = re.sub(r"((?:letter-spacing|word-spacing|line-height)\s*:[^;!]{1,60})!\s*important", r"\1", style)
    note = "间距最好统一写在样式表中，不带 !important。"
    return _one(element, written(element, {"style": re.sub(r"\s+(;|$)", r"\1", mended)}), note) if mended != style else None


def _misspelt(element: Element, message: str) -> Repair | None:
    changes: dict[str, str | None] = {}
    for name in _told_names(element, message):
        close = difflib.get_close_matches(name, ARIA, n=1, cutoff=0.85)
        if close and close[0] not in element.attributes:
            changes |= {name: None, close[0]: element.attributes[name]}
    renamed = "、".join(name for name, value in changes.items() if value is not None)
    return _one(element, written(element, changes), f"按写法最接近的属性改为 {renamed}，请核对是否就是这个意思。") if changes else None


def _not_allowed(element: Element, message: str) -> Repair | None:
    names = _told_names(element, message)
    changes: dict[str, str | None] = dict.fromkeys(names)
    note = "这个属性在这种元素上不起作用；要说明当前所在的一步、一项，可以改用 aria-current。"
    return _one(element, written(element, changes), note) if names else None


def _nameless(element: Element, message: str) -> Repair | None:
    """A name on an element whose name is not read out: a role that has one, or the words themselves."""
    name = element.attributes.get("aria-label", "").strip()
    if not name or element.attributes.get("role"):
        return None
    ways = (
        Way(code=written(element, {"role": "img"}), when="它是一个图形，例如表示状态的圆点"),
        Way(code=written(element, {"aria-label": None}, inner=line(name, 60)), when="可以直接把文字写出来（最好这样做）"),
    )
    return Repair(before=written(element), ways=ways)


def _told_names(element: Element, message: str) -> list[str]:
    """Attributes of the element that the message names."""
    told = message.rpartition("：")[2]
    return [name for name in re.findall(r"aria-[a-z]{2,30}", told[:400]) if name in element.attributes]


def _role(element: Element, message: str) -> Repair | None:
    told = element.attributes.get("role", "").strip().lower()
    close = [SHORT_ROLES[told]] if told in SHORT_ROLES else difflib.get_close_matches(told, ROLES, n=1, cutoff=0.8)
    if not close or not NAMED.fullmatch(told):
        return None
    note = f"按写法最接近的角色改为 {close[0]}，请核对是否就是这个意思。能用相应的 HTML 元素（例如 <button>）的，最好改用元素。"
    return _one(element, written(element, {"role": close[0]}), note)


def _directory(element: Element, message: str) -> Repair | None:
    listed = element.attributes.get("role", "").strip().lower() == "directory"
    return _one(element, written(element, {"role": "list"}), "里面的每一项要是列表项。") if listed else None


def _state_missing(element: Element, message: str) -> Repair | None:
    names = [name for name in re.findall(r"aria-[a-z]{2,30}", message.rpartition("：")[2][:400]) if name in ARIA]
    changes = {name: "false" for name in names if name in ("aria-checked", "aria-expanded", "aria-selected", "aria-pressed")}
    note = "初始状态按实际填写 true 或 false，并由脚本在状态改变时一同更新。能用 <input> 等原生控件的，最好改用原生控件。"
    return _one(element, written(element, changes), note) if changes else None


def _truth(element: Element, message: str) -> Repair | None:
    changes = {}
    for name in _told_names(element, message):
        value = element.attributes[name].strip().lower()
        if value in TRUE | FALSE:
            changes[name] = "true" if value in TRUE else "false"
    return _one(element, written(element, changes), "这里的值只能写 true 或 false。") if changes else None


def _filled(element: Element, message: str) -> Repair | None:
    told = element.attributes.get("autocomplete", "").strip().lower()
    value = FILLED.get(told, "")
    code = written(element, {"autocomplete": value or "【标准写法，例如姓名 name、手机 tel、邮箱 email】"})
    note = "" if value else "填本人信息的输入框才需要；标准写法见 HTML 规范的自动填写（autofill）一节。"
    return _one(element, code, note, blank=not value)


def _veil(element: Element, message: str) -> Repair | None:
    if element.attributes.get("aria-hidden") != "true":
        return None
    ways = (
        Way(code=written(element, {"aria-hidden": None}), when="内容本来给人使用"),
        Way(code=written(element, {"aria-hidden": None, "hidden": ""}), when="内容本来不该出现：对所有人隐藏"),
    )
    return Repair(before=written(element), ways=ways)


def _scope(element: Element, message: str) -> Repair | None:
    ways = (
        Way(code=written(element, {"scope": "col"}, tag="th"), when="它是一列的表头"),
        Way(code=written(element, {"scope": "row"}, tag="th"), when="它是一行的表头"),
    )
    return Repair(before=written(element), ways=ways)


def _captions(element: Element, message: str) -> Repair | None:
    opening = written(element, inner="").removesuffix(f"</{tag_of(element)}>")
    track = '  <track kind="captions" src="【字幕文件的地址】" srclang="zh-CN" label="中文字幕" default>'
    note = "字幕要由人听写或核对，写出说话的人和重要的声音；自动识别的字幕核对以后才能用。"
    return _one(element, f"{opening}\n{track}\n</{tag_of(element)}>", note, blank=True)


def _bypass(element: Element, message: str) -> Repair | None:
    code = '<body>\n<a class="skip" href="#main">跳到正文</a>\n…\n<main id="main" tabindex="-1">…</main>'
    return Repair(ways=(Way(code=code),), note="链接放在 <body> 的最前面，平时可以移出画面，得到焦点时要显示出来。改模板一处即可。")


def _heading(element: Element, message: str) -> Repair | None:
    if not words_in(element).strip("…"):
        return None
    return _one(element, written(element, tag="h2"), "级别按上下文确定：正文的标题是 h1，其下依次 h2、h3，不跳级；字的大小由样式表设置。")


def _no_words(element: Element, message: str) -> Repair | None:
    ways = (Way(code="", when="标题没有用处：删去"), Way(code=written(element, inner="【标题】"), when="这里应当有标题", blank=True))
    return Repair(before=written(element), ways=ways)


TAKEN = "本来就能用 Tab 键走到的元素，删去 tabindex 即可；先后由它们在代码中的次序决定。"
ONLY_SEEN = "获得焦点时的边框写进全站的样式表，不要写 outline: none。"
PROPOSALS: Mapping[str, Proposal] = {
    **dict.fromkeys(("color-contrast", "color-contrast-enhanced"), _colours),
    **dict.fromkeys(("mouse-only-control", "keyboard-unreachable", "control-not-operable-by-key", "role-missing", "script-link"), _control),
    **dict.fromkeys(("meta-viewport", "meta-viewport-large"), _viewport),
    **{rule: _taken_out("整行删去；改模板一处，用它生成的网页随之改好。") for rule in ("meta-refresh", "meta-refresh-no-exceptions")},
    **{rule: _styled({"min-width": "24px", "min-height": "24px"}, "图标可以保持原来的大小，用内边距（padding）把可点击的区域撑开。")
       for rule in ("target-size", "target-size-narrow")},
    **{rule: _without(("tabindex",), TAKEN) for rule in ("tabindex", "tab-excluded")},
    **{rule: _without(BARRED, "删去后，粘贴、复制、右键和选读恢复正常。") for rule in ("paste-blocked", "paste-refused", "use-blocked")},
    **dict.fromkeys(("p-as-heading", "visual-heading", "numbered-heading"), _heading),
    "marquee": _other_tag("div", "改成静止的文字，最新几条直接显示。", drop=(
        "scrollamount", "scrolldelay", "direction", "behavior", "loop", "truespeed", "onmouseover", "onmouseout",
    )),
    "blink": _other_tag("strong", "需要强调的用加粗或醒目的颜色，并保证对比度。"),
    "listitem": _other_tag("", "没有先后的用 ul，有先后的（如办事步骤）用 ol。", around="ul"),
    "dlitem": _other_tag("", "dt 写名称，dd 写说明，成对放在同一个 dl 里。", around="dl"),
    "aria-hidden-body": _without(("aria-hidden",), "遮住背景内容的，请写在弹窗以外的部分，不要写在 <body> 上。"),
    "accesskeys": _without(("accesskey",), "几处相同时只保留一处；读屏软件自己的快捷键也可能与它冲突，最好都删去。"),
    "table-duplicate-name": _without(("summary",), "标题已经说明，摘要不必重复。"),
    "presentation-role-conflict": _without(("tabindex", "aria-label", "title"), "只作装饰的内容不需要名称，也不需要获得焦点。"),
    "aria-conditional-attr": _without(("aria-checked",), "浏览器会自动报出复选框、单选框的真实状态。"),
    "scrollable-region-focusable": _with(
        {"tabindex": "0", "role": "region", "aria-label": "【这一块是什么】"}, "可以用键盘选中后按方向键滚动。", blank=True
    ),
    "no-autoplay-audio": lambda element, message: _one(
        element, written(element, {"autoplay": None, "controls": ""}), "由访问者自己按播放。"
    ),
    "focus-not-visible": _styled({"outline": "3px solid #0b4689", "outline-offset": "2px"}, ONLY_SEEN, ending=":focus-visible"),
    "aria-valid-attr": _misspelt, "aria-allowed-attr": _not_allowed, "aria-prohibited-attr": _nameless, "aria-roles": _role,
    "aria-deprecated-role": _directory, "aria-required-attr": _state_missing, "aria-valid-attr-value": _truth,
    "autocomplete-valid": _filled, "autocomplete-missing": _filled, "avoid-inline-spacing": _spacing, "aria-hidden-focus": _veil,
    "scope-attr-valid": _scope, "video-caption": _captions, "bypass": _bypass, "empty-heading": _no_words,
}  # fmt: skip
"""Rule -> what proposes its repair."""
