"""Repairs that change how an element is made: its colours, its attributes, the element that stands for a control."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

from auditor.language import Pair, listed, say
from auditor.model import Element
from checks.colour import contrast
from reports.colours import apart, nearest, read
from reports.markup import VALUE, inside, style_rule, tag_of, written
from reports.repairs import Proposal, Repair, Way, blank
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
    least, chosen, ways, sides = float(found[1]), nearest(text, ground, float(found[1])), [], []
    for name, changed, other, when in (
        ("color", text, ground, say("改文字的颜色", "change the colour of the text")),
        ("background-color", ground, text, say("改背景的颜色", "change the colour of the background")),
    ):
        better = nearest(changed, other, least)
        if better is not None and (chosen is None or apart(changed, better) <= FARTHER * apart(text, chosen)):
            was, now = contrast(text, ground), contrast(better, other)
            told = say(
                f"{when}：{changed} 改为 {better}，对比度由 {_down(was)}:1 变为 {_down(now)}:1",
                f"{when} from {changed} to {better}, which takes the contrast from {_down(was)}:1 to {_down(now)}:1",
            )
            ways.append(Way(code=style_rule(element, {name: str(better)}), when=told))
            sides.append((better.luminance > other.luminance, name == "color"))
    return Repair(ways=tuple(ways), note=_farther(sides)) if ways else None


def _farther(sides: Sequence[tuple[bool, bool]]) -> str:
    """The note under colours: which way they may go further; `sides`: (whether it is the lighter of the two, whether it is the text)."""
    more = [
        say(f"{'文字' if of_text else '背景'}{'更浅' if lighter else '更深'}",
            f"{'lighter' if lighter else 'darker'} {'text' if of_text else 'background'}")
        for lighter, of_text in sides
    ]  # fmt: skip
    chosen = say("或者", " or a ").join(more)
    return say(
        f"这是离原来的颜色最近、刚好达到要求的颜色；设计上{chosen}也可以。鼠标移上、获得焦点时的颜色也要达到要求。",
        f"This is the colour nearest to the present one that just meets the requirement; a {chosen} will do as well. "
        "The colours under the mouse and with the focus have to meet it too.",
    )


def _down(ratio: float) -> str:
    """A ratio rounded down, so that none is told that is not reached."""
    return f"{int(ratio * 100) / 100:g}"


def _without(names: Sequence[str], note: Pair) -> Proposal:
    """The element without some of its attributes; nothing where it has none of them."""

    def propose(element: Element, message: str) -> Repair | None:
        met = {name: None for name in names if name in element.attributes}
        return _one(element, written(element, met), say(*note)) if met else None

    return propose


def _styled(declarations: Mapping[str, str], note: Pair, *, ending: str = "") -> Proposal:
    def propose(element: Element, message: str) -> Repair | None:
        rule = style_rule(element, declarations)
        return Repair(ways=(Way(code=rule.replace(" {\n", f"{ending} {{\n", 1)),), note=say(*note))

    return propose


def _other_tag(tag: str, note: Pair, *, around: str = "", drop: Sequence[str] = ()) -> Proposal:
    """Another element in place of this one, or one around it."""

    def propose(element: Element, message: str) -> Repair | None:
        if around:
            return _one(element, f"<{around}>\n  {written(element)}\n  …\n</{around}>", say(*note))
        changes = {name: None for name in element.attributes if name in drop}
        return _one(element, written(element, changes, tag=tag), say(*note))

    return propose


def _taken_out(note: Pair) -> Proposal:
    return lambda element, message: _one(element, "", say(*note))


def _control(element: Element, message: str) -> Repair | None:
    """A real link where the script only leads somewhere, else a real button; both answer to keys by themselves."""
    if tag_of(element) in OPERABLE:
        return None
    told = element.attributes
    dropped = dict.fromkeys(("role", "tabindex", "href", "target", "onkeydown", "onkeypress"))
    leads = LEADS.search(told.get("onclick", ""))
    words = element.text.strip()
    inner = None if words else blank(say("按下后做什么", "what happens when it is pressed"))
    if leads and not leads[2].lower().startswith(("javascript:", "data:", "vbscript:")):
        target = None if words else blank(say("点击后去哪里", "where it leads"))
        code = written(element, {**dropped, "onclick": None, "href": leads[2]}, tag="a", inner=target)
        note = say(
            "只是打开另一个网页的，用真正的链接，键盘和读屏软件都能用。",
            "What only opens another page is a real link, which works with keyboards and screen readers.",
        )
        return _one(element, code, note, blank=not words)
    code = written(element, {**dropped, "type": "button"}, tag="button", inner=inner)
    note = say(
        "真正的按钮用 Tab 键走得到，按回车键和空格键都能用，不需要另写脚本。原来用脚本绑定的点击仍然有效；外观用样式表调整。",
        "A real button is reached with the Tab key and works with Enter and the space bar without any further script. "
        "Clicks bound by script still work; set its looks in the style sheet.",
    )
    return _one(element, code, note, blank=not words)


def _viewport(element: Element, message: str) -> Repair | None:
    parts = [part.strip() for part in re.split("[,;]", element.attributes.get("content", "")) if part.strip()]
    kept = [part for part in parts if not part.lower().replace(" ", "").startswith(("user-scalable=", "maximum-scale=", "minimum-scale="))]
    if not parts or kept == parts:
        return None
    return _one(element, written(element, {"content": ", ".join(kept) or "width=device-width, initial-scale=1"}),
                say(*TEMPLATE))  # fmt: skip


def _spacing(element: Element, message: str) -> Repair | None:
    style = element.attributes.get("style", "")
    mended = re.sub(r"((?:letter-spacing|word-spacing|line-height)\s*:[^;!]{1,60})!\s*important", r"\1", style)
    note = say("间距最好统一写在样式表中，不带 !important。", "Spacing is best set once in the style sheet, without !important.")
    return _one(element, written(element, {"style": re.sub(r"\s+(;|$)", r"\1", mended)}), note) if mended != style else None


def _misspelt(element: Element, message: str) -> Repair | None:
    changes: dict[str, str | None] = {}
    for name in _told_names(element, message):
        close = difflib.get_close_matches(name, ARIA, n=1, cutoff=0.85)
        if close and close[0] not in element.attributes:
            changes |= {name: None, close[0]: element.attributes[name]}
    renamed = listed([name for name, value in changes.items() if value is not None])
    note = say(
        f"按写法最接近的属性改为 {renamed}，请核对是否就是这个意思。",
        f"Changed to {renamed}, which is spelt most like it; please check that this is what was meant.",
    )
    return _one(element, written(element, changes), note) if changes else None


def _not_allowed(element: Element, message: str) -> Repair | None:
    names = _told_names(element, message)
    changes: dict[str, str | None] = dict.fromkeys(names)
    note = say(
        "这个属性在这种元素上不起作用；要说明当前所在的一步、一项，可以改用 aria-current。",
        "This attribute does nothing on such an element; to say which step or entry is the current one, use aria-current.",
    )
    return _one(element, written(element, changes), note) if names else None


def _nameless(element: Element, message: str) -> Repair | None:
    """A name on an element whose name is not read out: a role that has one, or the words themselves."""
    name = element.attributes.get("aria-label", "").strip()
    if not name or element.attributes.get("role"):
        return None
    ways = (
        Way(
            code=written(element, {"role": "img"}),
            when=say("它是一个图形，例如表示状态的圆点", "if it is a graphic, such as a dot that shows a state"),
        ),
        Way(
            code=written(element, {"aria-label": None}, inner=line(name, VALUE)),
            when=say("可以直接把文字写出来，最好这样做", "if the words can be written out, which is best"),
        ),
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
    note = say(
        f"按写法最接近的角色改为 {close[0]}，请核对是否就是这个意思。能用相应的 HTML 元素（例如 <button>）的，最好改用元素。",
        f"Changed to {close[0]}, the role spelt most like it; please check that this is what was meant. "
        "Where there is an HTML element for it, such as <button>, the element is better.",
    )
    return _one(element, written(element, {"role": close[0]}), note)


def _directory(element: Element, message: str) -> Repair | None:
    directory = element.attributes.get("role", "").strip().lower() == "directory"
    note = say("里面的每一项要是列表项。", "Each entry in it has to be a list item.")
    return _one(element, written(element, {"role": "list"}), note) if directory else None


def _state_missing(element: Element, message: str) -> Repair | None:
    names = [name for name in re.findall(r"aria-[a-z]{2,30}", message.rpartition("：")[2][:400]) if name in ARIA]
    changes = {name: "false" for name in names if name in ("aria-checked", "aria-expanded", "aria-selected", "aria-pressed")}
    note = say(
        "初始状态按实际填写 true 或 false，并由脚本在状态改变时一同更新。能用 <input> 等原生控件的，最好改用原生控件。",
        "Enter true or false as the state is at first, and let the script keep it up to date. "
        "Native controls such as <input> are better where they can be used.",
    )
    return _one(element, written(element, changes), note) if changes else None


def _truth(element: Element, message: str) -> Repair | None:
    changes = {}
    for name in _told_names(element, message):
        value = element.attributes[name].strip().lower()
        if value in TRUE | FALSE:
            changes[name] = "true" if value in TRUE else "false"
    note = say("这里的值只能写 true 或 false。", "The value can only be true or false.")
    return _one(element, written(element, changes), note) if changes else None


def _filled(element: Element, message: str) -> Repair | None:
    told = element.attributes.get("autocomplete", "").strip().lower()
    value = FILLED.get(told, "")
    what = say("标准写法，例如姓名 name、手机 tel、邮箱 email", "standard value: name, tel for a mobile number, email …")
    code = written(element, {"autocomplete": value or blank(what)})
    asked = say(
        "填本人信息的输入框才需要；标准写法见 HTML 规范的自动填写（autofill）一节。",
        "Only fields for a person's own data need it; the values stand in the section on autofill of the HTML standard.",
    )
    return _one(element, code, "" if value else asked, blank=not value)


def _veil(element: Element, message: str) -> Repair | None:
    if element.attributes.get("aria-hidden") != "true":
        return None
    ways = (
        Way(code=written(element, {"aria-hidden": None}), when=say("内容本来给人使用", "if the content is meant to be used")),
        Way(
            code=written(element, {"aria-hidden": None, "hidden": ""}),
            when=say("内容本来不该出现：对所有人隐藏", "if the content is not meant to be there: hide it from everybody"),
        ),
    )
    return Repair(before=written(element), ways=ways)


def _scope(element: Element, message: str) -> Repair | None:
    ways = (
        Way(code=written(element, {"scope": "col"}, tag="th"), when=say("它是一列的表头", "if it heads a column")),
        Way(code=written(element, {"scope": "row"}, tag="th"), when=say("它是一行的表头", "if it heads a row")),
    )
    return Repair(before=written(element), ways=ways)


def _captions(element: Element, message: str) -> Repair | None:
    opening = written(element, inner="").removesuffix(f"</{tag_of(element)}>")
    source = blank(say("字幕文件的地址", "address of the file with the captions"))
    track = f'  <track kind="captions" src="{source}" srclang="zh-CN" label="中文字幕" default>'
    note = say(
        "字幕要由人听写或核对，写出说话的人和重要的声音；自动识别的字幕核对以后才能用。",
        "Captions have to be written or checked by a person and tell who speaks and what sounds matter; those of speech recognition "
        "can be used once they are checked.",
    )
    kept = "  …\n" if inside(element) else ""
    return _one(element, f"{opening}\n{kept}{track}\n</{tag_of(element)}>", note, blank=True)


def _bypass(element: Element, message: str) -> Repair | None:
    code = '<body>\n<a class="skip" href="#main">跳到正文</a>\n…\n<main id="main" tabindex="-1">…</main>'
    note = say(
        "链接放在 <body> 的最前面，平时可以移出画面，得到焦点时要显示出来。改模板一处即可。",
        "The link comes first in <body>. It may stand outside the picture, but has to show when it has the focus. "
        "One change in the template is enough.",
    )
    return Repair(ways=(Way(code=code),), note=note)


def _heading(element: Element, message: str) -> Repair | None:
    if not element.text.strip():
        return None
    note = say(
        "级别按上下文确定：正文的标题是 h1，其下依次 h2、h3，不跳级；字的大小由样式表设置。",
        "The level follows from what is around it: h1 is the title of the content, below it h2, then h3, none left out; "
        "set the font size in the style sheet.",
    )
    return _one(element, written(element, tag="h2"), note)


def _scrollable(element: Element, message: str) -> Repair | None:
    label = blank(say("这一块是什么", "what this part is"))
    note = say("可以用键盘选中后按方向键滚动。", "It can then be chosen by keyboard and scrolled with the arrow keys.")
    return _one(element, written(element, {"tabindex": "0", "role": "region", "aria-label": label}), note, blank=True)


def _quiet(element: Element, message: str) -> Repair | None:
    note = say("由访问者自己按播放。", "Visitors start it themselves.")
    return _one(element, written(element, {"autoplay": None, "controls": ""}), note)


def _no_words(element: Element, message: str) -> Repair | None:
    filled = written(element, inner=blank(say("标题", "heading")))
    ways = (
        Way(code="", when=say("标题没有用处：删去", "if the heading is of no use: take it out")),
        Way(code=filled, when=say("这里应当有标题", "if there should be a heading here"), blank=True),
    )
    return Repair(before=written(element), ways=ways)


TEMPLATE = ("改模板一处，用它生成的网页随之改好。", "One change in the template repairs all pages made with it.")
TAKEN = ("本来就能用 Tab 键走到的元素，删去 tabindex 即可；先后由它们在代码中的次序决定。",
         "What the Tab key reaches of itself needs no tabindex; the order is that of the code.")  # fmt: skip
ONLY_SEEN = ("获得焦点时的边框写进全站的样式表，不要写 outline: none。",
             "Set the border of what has the focus in the style sheet of the whole site, and never outline: none.")  # fmt: skip
LINE_OUT = ("整行删去；改模板一处，用它生成的网页随之改好。",
            "Take the whole line out; one change in the template repairs all pages made with it.")  # fmt: skip
PADDED = ("图标可以保持原来的大小，用内边距（padding）把可点击的区域撑开。",
          "The icon may keep its size; padding makes the area that can be clicked larger.")  # fmt: skip
PROPOSALS: Mapping[str, Proposal] = {
    **dict.fromkeys(("color-contrast", "color-contrast-enhanced"), _colours),
    **dict.fromkeys(("mouse-only-control", "keyboard-unreachable", "control-not-operable-by-key", "role-missing", "script-link"), _control),
    **dict.fromkeys(("meta-viewport", "meta-viewport-large"), _viewport),
    **{rule: _taken_out(LINE_OUT) for rule in ("meta-refresh", "meta-refresh-no-exceptions")},
    **{rule: _styled({"min-width": "24px", "min-height": "24px"}, PADDED) for rule in ("target-size", "target-size-narrow")},
    **{rule: _without(("tabindex",), TAKEN) for rule in ("tabindex", "tab-excluded")},
    **{rule: _without(BARRED, ("删去后，粘贴、复制、右键和选读恢复正常。",
                               "Without it, pasting, copying, the right mouse button and selecting work again."))
       for rule in ("paste-blocked", "paste-refused", "use-blocked")},
    **dict.fromkeys(("p-as-heading", "visual-heading", "numbered-heading"), _heading),
    "marquee": _other_tag("div", ("改成静止的文字，最新几条直接显示。", "Make it text that stands still and shows the latest."), drop=(
        "scrollamount", "scrolldelay", "direction", "behavior", "loop", "truespeed", "onmouseover", "onmouseout",
    )),
    "blink": _other_tag("strong", ("需要强调的用加粗或醒目的颜色，并保证对比度。",
                                   "Stress what has to be stressed with bold letters or a strong colour of good contrast.")),
    "listitem": _other_tag("", ("没有先后的用 ul，有先后的（如办事步骤）用 ol。",
                                "ul where the order does not matter, ol where it does, as with the steps of a procedure."), around="ul"),
    "dlitem": _other_tag("", ("dt 写名称，dd 写说明，成对放在同一个 dl 里。",
                              "dt holds the name, dd what is said of it, in pairs in one dl."), around="dl"),
    "aria-hidden-body": _without(("aria-hidden",), ("遮住背景内容的，请写在弹窗以外的部分，不要写在 <body> 上。",
                                                    "To veil the background, put it on what is outside the dialog, not on <body>.")),
    "accesskeys": _without(("accesskey",), ("几处相同时只保留一处；读屏软件自己的快捷键也可能与它冲突，最好都删去。",
                                            "Keep one of those that are the same; best take all out, since the keys of screen readers "
                                            "may clash with them.")),
    "table-duplicate-name": _without(("summary",), ("标题已经说明，摘要不必重复。", "The caption says it; no summary is needed.")),
    "presentation-role-conflict": _without(("tabindex", "aria-label", "title"), (
        "只作装饰的内容不需要名称，也不需要获得焦点。", "What is mere decoration needs no name and no focus.",
    )),
    "aria-conditional-attr": _without(("aria-checked",), (
        "浏览器会自动报出复选框、单选框的真实状态。", "Browsers tell the true state of check boxes and radio buttons of themselves.",
    )),
    "focus-not-visible": _styled({"outline": "3px solid #0b4689", "outline-offset": "2px"}, ONLY_SEEN, ending=":focus-visible"),
    "scrollable-region-focusable": _scrollable, "no-autoplay-audio": _quiet,
    "aria-valid-attr": _misspelt, "aria-allowed-attr": _not_allowed, "aria-prohibited-attr": _nameless, "aria-roles": _role,
    "aria-deprecated-role": _directory, "aria-required-attr": _state_missing, "aria-valid-attr-value": _truth,
    "autocomplete-valid": _filled, "autocomplete-missing": _filled, "avoid-inline-spacing": _spacing, "aria-hidden-focus": _veil,
    "scope-attr-valid": _scope, "video-caption": _captions, "bypass": _bypass, "empty-heading": _no_words,
}  # fmt: skip
"""Rule -> what proposes its repair."""
