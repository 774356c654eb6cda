"""Repairs that give an element the words it lacks: alternative texts, names, labels, titles, languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from auditor.model import Element
from reports.markup import quoted, style_rule, tag_of, written
from reports.repairs import BY_PERSON, CHECK, Proposal, Repair, Way
from reports.text import line

ICONS: Mapping[str, str] = {
    "search": "搜索", "sousuo": "搜索", "searchbtn": "搜索", "close": "关闭", "guanbi": "关闭", "shut": "关闭", "prev": "上一个",
    "previous": "上一个", "next": "下一个", "menu": "菜单", "gotop": "回到顶部", "totop": "回到顶部", "backtop": "回到顶部", "wx": "微信",
    "weixin": "微信", "wechat": "微信", "weibo": "微博", "share": "分享", "play": "播放", "pause": "暂停", "print": "打印", "home": "首页",
    "login": "登录", "email": "邮箱", "wza": "无障碍",
}  # fmt: skip
"""What words in ids and classes of icons usually mean; only ever told as a guess."""

TELL = {
    "image-alt": "图片的内容，图上有文字的一并写入",
    "image-alt-describes": "图片的内容，图上有文字的一并写入",
    "image-alt-repeated": "这一张图片的内容，与其他图片区别开",
    "image-text-in-alt": "图片上的全部文字",
    "image-withheld": "图片的内容",
    "input-image-alt": "按钮的作用",
    "area-alt": "点击后去哪里",
    "object-alt": "嵌入的是什么",
    "role-img-alt": "图形的意思",
    "svg-img-alt": "图形的内容",
    "graphic-without-name": "图形的内容",
    "aria-meter-name": "是什么的数值",
    "aria-progressbar-name": "是什么的进度",
    "aria-dialog-name": "弹窗的标题",
    "aria-tooltip-name": "提示的内容",
    "aria-tab-name": "选项卡的名称",
    "aria-treeitem-name": "条目的名称",
    "aria-command-name": "按下后做什么",
    "aria-toggle-field-name": "选项的内容",
    "aria-input-field-name": "该填什么",
    "button-name": "按下后做什么",
    "summary-name": "展开后是什么",
    "input-button-name": "按下后做什么",
    "link-name": "点击后去哪里",
    "frame-title": "里面是什么",
    "frame-title-unique": "里面是什么，与其他框架区别开",
    "frame-title-describes": "里面是什么",
}
"""Rule -> what the missing words have to say."""

DECORATION = frozenset({"image-alt", "image-alt-repeated"})
"""Rules whose picture may be mere decoration."""


def _blank(rule: str) -> str:
    return f"【{TELL[rule]}】"


def _own_words(element: Element) -> str:
    """Words that the page itself has for an element: its title, hint or first value; "" without any."""
    told = element.attributes
    for name in ("title", "placeholder", "data-title", "aria-lable", "aria-labeledby"):
        if (words := line(told.get(name, ""), 40)) and not words.isascii():
            return words
    return ""


def _icon(element: Element) -> tuple[str, str]:
    """What its id or class says it is, as (word, meaning); empty where they say nothing."""
    told = f"{element.attributes.get('id', '')} {element.attributes.get('class', '')}".lower()
    found = next((word for word in re.split(r"[^a-z]+", told[:400]) if word in ICONS), "")
    return found, ICONS.get(found, "")


def _alternative(rule: str) -> Proposal:
    """alt with what the picture shows, or alt="" where it shows nothing that matters."""

    def propose(element: Element, message: str) -> Repair:
        described = Way(code=written(element, {"alt": _blank(rule)}), blank=True)
        if rule not in DECORATION:
            return Repair(before=written(element), ways=(described,), note=BY_PERSON)
        ways = (
            Way(code=described.code, when="图片有内容，或者它是链接里唯一的内容", blank=True),
            Way(code=written(element, {"alt": ""}), when="图片只作装饰，旁边的文字已经说全"),
        )
        return Repair(before=written(element), ways=ways, note=BY_PERSON)

    return propose


def _named(rule: str, attribute: str) -> Proposal:
    """A name in an attribute: the page's own words, else what its icon seems to be, else a blank."""

    def propose(element: Element, message: str) -> Repair:
        before, words = written(element), _own_words(element)
        if words and attribute not in element.attributes:
            return Repair(before=before, ways=(Way(code=written(element, {attribute: words})),), note=CHECK)
        word, meaning = _icon(element)
        ways = (Way(code=written(element, {attribute: meaning or _blank(rule)}), blank=not meaning),)
        guessed = f"“{meaning}”是按编号或类名中的“{word}”推测的，请核对它真正的作用。"
        return Repair(before=before, ways=ways, note=guessed if meaning else BY_PERSON)

    return propose


def _link(element: Element, message: str) -> Repair:
    word, meaning = _icon(element)
    words = _own_words(element) or meaning
    ways = (
        Way(
            code=written(element, {"aria-label": words or _blank("link-name")}, inner="…"), when="链接里只有图标或背景图片", blank=not words
        ),
        Way(code=f'<img src="…" alt="{_blank("link-name")}">', when="链接里是一张图片：给这张图片写替代文本", blank=True),
    )
    guessed = f"“{meaning}”是按编号或类名中的“{word}”推测的，请核对。"
    return Repair(before=written(element), ways=ways, note=guessed if meaning and words == meaning else CHECK if words else BY_PERSON)


def _purpose(element: Element, message: str) -> Repair:
    told = written(element, inner=_blank("link-name"))
    return Repair(before=written(element), ways=(Way(code=told, blank=True),), note=BY_PERSON)


def _label(element: Element, message: str) -> Repair:
    """A label that is seen and tied to the field, or a name where there is no room for one."""
    own, words = element.attributes.get("id", "").strip(), _own_words(element)
    said = words or "【该填什么】"
    text, field = escape(said, quote=False), written(element, inner=None if tag_of(element) != "select" else "…")
    seen = f'<label for="{quoted(own)}">{text}</label>\n{field}' if own else f"<label>{text} {field}</label>"
    named = written(element, {"aria-label": said}, inner=None if tag_of(element) != "select" else "…")
    ways = (
        Way(code=seen, when="版面上放得下文字（最好这样做）", blank=not words),
        Way(code=named, when="版面上放不下，例如只有一个搜索框", blank=not words),
    )
    return Repair(before=field, ways=ways, note=CHECK if words else BY_PERSON)


def _button(rule: str) -> Proposal:
    def propose(element: Element, message: str) -> Repair:
        word, meaning = _icon(element)
        words = _own_words(element) or meaning
        ways = (
            Way(code=written(element, inner=words or _blank(rule)), when="放得下文字", blank=not words),
            Way(code=written(element, {"aria-label": words or _blank(rule)}, inner="…"), when="只放图标", blank=not words),
        )
        guessed = f"“{meaning}”是按编号或类名中的“{word}”推测的，请核对它真正的作用。"
        return Repair(before=written(element), ways=ways, note=guessed if meaning and words == meaning else CHECK if words else BY_PERSON)

    return propose


def _title(element: Element, message: str) -> Repair:
    before = written(element) if element.tag == "title" else ""
    code = "<title>【本页的标题】－【栏目名称】－【网站名称】</title>"
    return Repair(before=before, ways=(Way(code=code, blank=True),), note="请开发单位在模板中按这个顺序自动生成，不必逐页填写。")


def _language(element: Element, message: str) -> Repair | None:
    if "文字却是" in message and "文字却是中文" not in message:
        code = written(element, {"lang": "【文字的语言代码，例如英文 en】"}, inner="…")
        return Repair(before=written(element, inner="…"), ways=(Way(code=code, blank=True),), note="语言代码请按这一页的文字填写。")
    code = written(element, {"lang": "zh-CN"}, tag="html", inner="…")
    note = "简体中文网页写 zh-CN；外文版网页请改为相应的语言，例如英文 en。改模板一处，用它生成的网页随之改好。"
    return Repair(before=written(element, tag="html", inner="…"), ways=(Way(code=code),), note=note)


def _two_languages(element: Element, message: str) -> Repair:
    told = element.attributes.get("lang", "").strip()
    code = written(element, {"xml:lang": None, "lang": told or "zh-CN"}, inner="…")
    note = f"保留 lang 的“{line(told, 20) or 'zh-CN'}”，删去与它矛盾的 xml:lang；如果 lang 写错了，请先改正。"
    return Repair(before=written(element, inner="…"), ways=(Way(code=code),), note=note)


def _part_language(element: Element, message: str) -> Repair:
    told = element.attributes.get("lang", "").strip()
    mended = told.replace("_", "-")
    if mended != told and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){1,2}", mended):
        return Repair(before=written(element), ways=(Way(code=written(element, {"lang": mended})),), note="语言代码用短横线连接。")
    code = written(element, {"lang": "【语言代码，例如英文 en、维吾尔文 ug】"})
    return Repair(before=written(element), ways=(Way(code=code, blank=True),), note="语言代码请按这一段的文字填写。")


def _value(element: Element, message: str) -> Repair:
    word, meaning = _icon(element)
    code = written(element, {"value": meaning or _blank("input-button-name")})
    note = f"“{meaning}”是按编号或类名中的“{word}”推测的，请核对。" if meaning else BY_PERSON
    return Repair(before=written(element), ways=(Way(code=code, blank=not meaning),), note=note)


def _redundant(element: Element, message: str) -> Repair:
    return Repair(before=written(element), ways=(Way(code=written(element, {"alt": ""})),), note="旁边的文字已经说全，图片不必再读一遍。")


def _mismatch(element: Element, message: str) -> Repair | None:
    if "aria-label" not in element.attributes:
        return None
    code = written(element, {"aria-label": None})
    note = "删去 aria-label 后，读屏软件读出的就是屏幕上的文字。确需补充说明的，请以屏幕上的文字开头。"
    return Repair(before=written(element), ways=(Way(code=code),), note=note)


def _spaced(element: Element, message: str) -> Repair | None:
    found = re.search(r"请写成“([^”]{1,40})”", message)
    if not found:
        return None
    code = f"{written(element, inner=found[1])}\n\n{style_rule(element, {'letter-spacing': '0.5em'})}"
    return Repair(before=written(element), ways=(Way(code=code),), note="字之间的距离由样式表设置，文字保持完整。")


PROPOSALS: Mapping[str, Proposal] = {
    **{rule: _alternative(rule) for rule in (
        "image-alt", "image-alt-describes", "image-alt-repeated", "image-text-in-alt", "image-withheld", "input-image-alt", "area-alt",
    )},
    **{rule: _named(rule, "aria-label") for rule in (
        "object-alt", "role-img-alt", "svg-img-alt", "graphic-without-name", "aria-meter-name", "aria-progressbar-name",
        "aria-dialog-name", "aria-tooltip-name", "aria-tab-name", "aria-treeitem-name", "aria-command-name", "aria-toggle-field-name",
        "aria-input-field-name",
    )},
    **{rule: _named(rule, "title") for rule in ("frame-title", "frame-title-unique", "frame-title-describes")},
    **{rule: _button(rule) for rule in ("button-name", "summary-name")},
    **dict.fromkeys(("label", "select-name", "label-title-only", "placeholder-as-label"), _label),
    **dict.fromkeys(("document-title", "title-describes"), _title),
    **dict.fromkeys(("html-has-lang", "html-lang-valid", "page-language-mismatch"), _language),
    "html-xml-lang-mismatch": _two_languages, "valid-lang": _part_language, "link-name": _link, "link-purpose": _purpose,
    "input-button-name": _value, "image-redundant-alt": _redundant, "label-content-name-mismatch": _mismatch, "spaced-letters": _spaced,
}  # fmt: skip
"""Rule -> what proposes its repair."""
