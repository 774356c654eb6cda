"""Repairs that give an element the words it lacks: alternative texts, names, labels, titles, languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from auditor.language import Words, say
from auditor.model import Element
from reports.markup import quoted, style_rule, tag_of, written
from reports.repairs import Proposal, Repair, Way, blank, by_person, to_check
from reports.text import line

ICONS: Mapping[str, str] = {
    "search": "搜索", "sousuo": "搜索", "searchbtn": "搜索", "close": "关闭", "guanbi": "关闭", "shut": "关闭", "prev": "上一个",
    "previous": "上一个", "next": "下一个", "menu": "菜单", "gotop": "回到顶部", "totop": "回到顶部", "backtop": "回到顶部", "wx": "微信",
    "weixin": "微信", "wechat": "微信", "weibo": "微博", "share": "分享", "play": "播放", "pause": "暂停", "print": "打印", "home": "首页",
    "login": "登录", "email": "邮箱", "wza": "无障碍",
}  # fmt: skip
"""What words in ids and classes of icons usually mean; only ever told as a guess."""

TELL: Mapping[str, str] = Words({
    "image-alt": ("图片的内容，图上有文字的一并写入", "what the picture shows, with any words in it"),
    "image-alt-describes": ("图片的内容，图上有文字的一并写入", "what the picture shows, with any words in it"),
    "image-alt-repeated": ("这一张图片的内容，与其他图片区别开", "what this picture shows, and not the others"),
    "image-text-in-alt": ("图片上的全部文字", "all the words in the picture"),
    "image-withheld": ("图片的内容", "what the picture shows"),
    "input-image-alt": ("按钮的作用", "what the button does"),
    "area-alt": ("点击后去哪里", "where it leads"),
    "object-alt": ("嵌入的是什么", "what is embedded"),
    "role-img-alt": ("图形的意思", "what the graphic means"),
    "svg-img-alt": ("图形的内容", "what the graphic shows"),
    "graphic-without-name": ("图形的内容", "what the graphic shows"),
    "aria-meter-name": ("是什么的数值", "what is measured"),
    "aria-progressbar-name": ("是什么的进度", "whose progress it is"),
    "aria-dialog-name": ("弹窗的标题", "the title of the dialog"),
    "aria-tooltip-name": ("提示的内容", "what the tip says"),
    "aria-tab-name": ("选项卡的名称", "the name of the tab"),
    "aria-treeitem-name": ("条目的名称", "the name of the entry"),
    "aria-command-name": ("按下后做什么", "what happens when it is pressed"),
    "aria-toggle-field-name": ("选项的内容", "what is chosen"),
    "aria-input-field-name": ("该填什么", "what to enter"),
    "button-name": ("按下后做什么", "what happens when it is pressed"),
    "summary-name": ("展开后是什么", "what it opens"),
    "input-button-name": ("按下后做什么", "what happens when it is pressed"),
    "link-name": ("点击后去哪里", "where it leads"),
    "frame-title": ("里面是什么", "what is inside"),
    "frame-title-unique": ("里面是什么，与其他框架区别开", "what is inside, and not in the other frames"),
    "frame-title-describes": ("里面是什么", "what is inside"),
})  # fmt: skip
"""Rule -> what the missing words have to say."""

DECORATION = frozenset({"image-alt", "image-alt-repeated"})
"""Rules whose picture may be mere decoration."""


def _blank(rule: str) -> str:
    return blank(TELL[rule])


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


def _guessed(word: str, meaning: str) -> str:
    return say(f"“{meaning}”是按编号或类名中的“{word}”推测的，请核对。",
               f"“{meaning}” is a guess from “{word}” in the id or class; please check it.")  # fmt: skip


def _guessed_purpose(word: str, meaning: str) -> str:
    return say(f"“{meaning}”是按编号或类名中的“{word}”推测的，请核对它真正的作用。",
               f"“{meaning}” is a guess from “{word}” in the id or class; please check what it really does.")  # fmt: skip


def _alternative(rule: str) -> Proposal:
    """alt with what the picture shows, or alt="" where it shows nothing that matters."""

    def propose(element: Element, message: str) -> Repair:
        described = Way(code=written(element, {"alt": _blank(rule)}), blank=True)
        if rule not in DECORATION:
            return Repair(before=written(element), ways=(described,), note=by_person())
        ways = (
            Way(
                code=described.code, blank=True,
                when=say("图片有内容，或者它是链接里唯一的内容", "if the picture says something, or is all that the link holds"),
            ),
            Way(
                code=written(element, {"alt": ""}),
                when=say("图片只作装饰，旁边的文字已经说全", "if the picture is decoration, and the words beside it say all"),
            ),
        )  # fmt: skip
        return Repair(before=written(element), ways=ways, note=by_person())

    return propose


def _named(rule: str, attribute: str) -> Proposal:
    """A name in an attribute: the page's own words, else what its icon seems to be, else a blank."""

    def propose(element: Element, message: str) -> Repair:
        before, words = written(element), _own_words(element)
        if words and attribute not in element.attributes:
            return Repair(before=before, ways=(Way(code=written(element, {attribute: words})),), note=to_check())
        word, meaning = _icon(element)
        ways = (Way(code=written(element, {attribute: meaning or _blank(rule)}), blank=not meaning),)
        return Repair(before=before, ways=ways, note=_guessed_purpose(word, meaning) if meaning else by_person())

    return propose


def _link(element: Element, message: str) -> Repair:
    word, meaning = _icon(element)
    words = _own_words(element) or meaning
    ways = (
        Way(
            code=written(element, {"aria-label": words or _blank("link-name")}),
            when=say("链接里只有图标或背景图片", "if the link holds an icon or a background picture only"), blank=not words,
        ),
        Way(
            code=f'<img src="…" alt="{_blank("link-name")}">',
            when=say("链接里是一张图片：给这张图片写替代文本", "if the link holds a picture: give it an alternative text"), blank=True,
        ),
    )  # fmt: skip
    note = _guessed(word, meaning) if meaning and words == meaning else to_check() if words else by_person()
    return Repair(before=written(element), ways=ways, note=note)


def _purpose(element: Element, message: str) -> Repair:
    told = written(element, inner=_blank("link-name"))
    return Repair(before=written(element), ways=(Way(code=told, blank=True),), note=by_person())


def _label(element: Element, message: str) -> Repair:
    """A label that is seen and tied to the field, or a name where there is no room for one."""
    if element.attributes.get("type", "").strip().lower() in ("radio", "checkbox"):
        return _choice(element)
    own, words = element.attributes.get("id", "").strip(), _own_words(element)
    chosen = tag_of(element) == "select"
    said = words or blank(say("要选什么", "what to choose") if chosen else say("该填什么", "what to enter"))
    text, field = escape(said, quote=False), written(element)
    seen = f'<label for="{quoted(own)}">{text}</label>\n{field}' if own else f"<label>{text} {field}</label>"
    named = written(element, {"aria-label": said})
    tight = say("版面上放不下文字", "if there is no room for words")
    lone = say("版面上放不下，例如只有一个搜索框", "if there is no room, as with a lone search box")
    ways = (
        Way(code=seen, when=say("版面上放得下文字，最好这样做", "if there is room for words, which is best"), blank=not words),
        Way(code=named, when=lone if tag_of(element) == "input" else tight, blank=not words),
    )
    return Repair(before=field, ways=ways, note=to_check() if words else by_person())


def _choice(element: Element) -> Repair:
    """The label of a radio button or check box, behind it: mostly its words stand there already and are only not tied to it."""
    own, field = element.attributes.get("id", "").strip(), written(element)
    text = blank(say("它旁边的文字", "the text beside it"))
    code = f'{field}\n<label for="{quoted(own)}">{text}</label>' if own else f"<label>{field} {text}</label>"
    note = say(
        "旁边已经有文字的，把这些文字移进 <label>，不要再写一遍；没有的，由了解内容的人写。",
        "Text that stands beside it already is moved into the <label> and not written twice; "
        "where there is none, somebody who knows the content has to write it.",
    )
    return Repair(before=field, ways=(Way(code=code, blank=True),), note=note)


def _button(rule: str) -> Proposal:
    def propose(element: Element, message: str) -> Repair:
        word, meaning = _icon(element)
        words = _own_words(element) or meaning
        ways = (
            Way(code=written(element, inner=words or _blank(rule)), when=say("放得下文字", "if there is room for words"), blank=not words),
            Way(
                code=written(element, {"aria-label": words or _blank(rule)}),
                when=say("只放图标", "if there is an icon only"), blank=not words,
            ),
        )  # fmt: skip
        note = _guessed_purpose(word, meaning) if meaning and words == meaning else to_check() if words else by_person()
        return Repair(before=written(element), ways=ways, note=note)

    return propose


def _title(element: Element, message: str) -> Repair:
    before = written(element) if element.tag == "title" else ""
    code = say(
        "<title>【本页的标题】－【栏目名称】－【网站名称】</title>",
        "<title>[title of this page] - [name of the section] - [name of the site]</title>",
    )
    note = say(
        "请开发单位在模板中按这个顺序自动生成，不必逐页填写。",
        "Ask the developers to have the template write it in this order; nobody need fill it in page by page.",
    )
    return Repair(before=before, ways=(Way(code=code, blank=True),), note=note)


def _language(element: Element, message: str) -> Repair | None:
    if "文字却是" in message and "文字却是中文" not in message:
        told = blank(say("文字的语言代码，例如英文 en", "code of the language of the text, such as en for English"))
        code = written(element, {"lang": told}, inner="…")
        note = say("语言代码请按这一页的文字填写。", "Enter the code of the language in which this page is written.")
        return Repair(before=written(element, inner="…"), ways=(Way(code=code, blank=True),), note=note)
    code = written(element, {"lang": "zh-CN"}, tag="html", inner="…")
    note = say(
        "简体中文网页写 zh-CN；外文版网页请改为相应的语言，例如英文 en。改模板一处，用它生成的网页随之改好。",
        "Pages in simplified Chinese have zh-CN; pages in another language have that language, such as en for English. "
        "One change in the template repairs all pages made with it.",
    )
    return Repair(before=written(element, tag="html", inner="…"), ways=(Way(code=code),), note=note)


def _two_languages(element: Element, message: str) -> Repair:
    told = element.attributes.get("lang", "").strip()
    code = written(element, {"xml:lang": None, "lang": told or "zh-CN"}, inner="…")
    kept = line(told, 20) or "zh-CN"
    note = say(
        f"保留 lang 的“{kept}”，删去与它矛盾的 xml:lang；如果 lang 写错了，请先改正。",
        f"Keep “{kept}” in lang and take out xml:lang, which contradicts it; if lang is wrong, correct it first.",
    )
    return Repair(before=written(element, inner="…"), ways=(Way(code=code),), note=note)


def _part_language(element: Element, message: str) -> Repair:
    told = element.attributes.get("lang", "").strip()
    mended = told.replace("_", "-")
    if mended != told and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){1,2}", mended):
        note = say("语言代码用短横线连接。", "The parts of a language code are joined by a hyphen.")
        return Repair(before=written(element), ways=(Way(code=written(element, {"lang": mended})),), note=note)
    told = blank(say("语言代码，例如英文 en、维吾尔文 ug", "code of the language, such as en for English, ug for Uyghur"))
    note = say("语言代码请按这一段的文字填写。", "Enter the code of the language in which this passage is written.")
    return Repair(before=written(element), ways=(Way(code=written(element, {"lang": told}), blank=True),), note=note)


def _value(element: Element, message: str) -> Repair:
    word, meaning = _icon(element)
    code = written(element, {"value": meaning or _blank("input-button-name")})
    note = _guessed(word, meaning) if meaning else by_person()
    return Repair(before=written(element), ways=(Way(code=code, blank=not meaning),), note=note)


def _redundant(element: Element, message: str) -> Repair:
    note = say("旁边的文字已经说全，图片不必再读一遍。", "The words beside it say all; the picture need not be read out as well.")
    return Repair(before=written(element), ways=(Way(code=written(element, {"alt": ""})),), note=note)


def _mismatch(element: Element, message: str) -> Repair | None:
    if "aria-label" not in element.attributes:
        return None
    code = written(element, {"aria-label": None})
    note = say(
        "删去 aria-label 后，读屏软件读出的就是屏幕上的文字。确需补充说明的，请以屏幕上的文字开头。",
        "Without aria-label, screen readers read out the words on the screen. If more has to be said, begin with those words.",
    )
    return Repair(before=written(element), ways=(Way(code=code),), note=note)


def _spaced(element: Element, message: str) -> Repair | None:
    found = re.search(r"请写成“([^”]{1,40})”", message)
    if not found:
        return None
    code = f"{written(element, inner=found[1])}\n\n{style_rule(element, {'letter-spacing': '0.5em'})}"
    note = say("字之间的距离由样式表设置，文字保持完整。", "Set the distance between characters by style sheet and keep the words whole.")
    return Repair(before=written(element), ways=(Way(code=code),), note=note)


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
