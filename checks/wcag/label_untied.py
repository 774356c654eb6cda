"""A word beside a field is its label for the eye alone until it is tied to it: who hears the form meets a field without that word."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document, Node

FIELDS = ("input", "select", "textarea")
LABELABLE = frozenset({"input", "select", "textarea", "button", "meter", "output", "progress"})
BESIDES = frozenset({"a", "button", "h1", "h2", "h3", "h4", *FIELDS})  # what no label of the next field holds
NATIVE = frozenset({"label", "labelfor", "labelwrapped"})  # where Chromium says that a name comes from a <label>
UNLABELLED = frozenset({"hidden", "button", "submit", "reset", "image"})
ORNAMENT = re.compile(r"[\s*＊:：•·、,，。?？()（）\[\]【】]+")
WORD = re.compile(r"[\w\u3400-\u9fff（）()/／]{2,14}")
WIDEST, HIGHEST = 220.0, 40.0  # how far a label may stand to the left of its field, and above it, in CSS px
WHO = "使用读屏软件的盲人走到输入框时听不到旁边的文字，不知道要填什么；手抖的人点那些文字，焦点也不会进入输入框。"
WHO_EN = "A blind person does not hear the words beside the field nor know what to enter; people whose hands shake cannot click them."
REPAIR = (
    "请开发单位让 <label> 的 for 与输入框的 id 一致，并保证这个 id 在页面上只有一个。",
    "也可以把输入框直接放进 <label> 里。",
)
REPAIR_EN = (
    "Ask the vendor to make the label's for equal to the id of the field, and to see that this id exists once only.",
    "Or put the field into the <label>.",
)
VERIFY = "用鼠标点旁边的文字，光标进入输入框；读屏软件走到输入框时读出这些文字。"


@check(
    id="label-for-nothing",
    criteria=("1.3.1", "4.1.2"),
    title="标签没有指向输入框",
    title_en="Label points to no field",
    who=WHO,
    who_en=WHO_EN,
    repair=REPAIR,
    repair_en=REPAIR_EN,
    verify=VERIFY,
    before='<form><label for="name">姓名</label> <input id="xm" type="text"></form>',
    after='<form><label for="xm">姓名</label> <input id="xm" type="text"></form>',
    bad=(
        '<form><label for="name">姓名</label><input id="xm"></form>',
        '<form><p><label for="q">来信标题</label></p><p><input placeholder="50 字以内"></p></form>',
        '<table><tr><td><label for="s">区县</label></td><td><select><option>城关镇</option></select></td></tr></table>',
        '<form><div><label for="box">内容</label><div id="box"><textarea></textarea></div></div></form>',
    ),
    good=(
        '<form><label for="xm">姓名</label><input id="xm"></form>', '<form><label>姓名<input></label></form>',
        '<p><label>来源：</label>新华社</p>',
        '<p><label for="none">来源：</label>新华社</p>', '<form><label for="none">姓名</label><input aria-label="姓名"></form>',
        '<form style="display:none"><label for="none">姓名</label><input></form>',
        '<form><label for="none">姓名</label><button type="button">提交</button></form>',
        '<form><label for="none">姓名</label><input type="hidden"></form>',
        '<form><label for="b">姓名</label><input id="b"><input title="电话"></form>',
    ),
)  # fmt: skip
def label_for_nothing(document: Document) -> Iterator[Hit]:
    """1.3.1 (F68): the label names an id that no field has, and the field beside it goes without that label."""
    for label in document.elements("label"):
        aim = label.get("for").strip()
        if not aim or not label.visible or not ORNAMENT.sub("", label.text) or any(True for _ in label.descendants(*FIELDS)):
            continue
        found = label.by_id(aim)
        if found is not None and (found.tag in LABELABLE or "-" in found.tag):
            yield passed(label)
            continue
        field = _next_field(label)
        if field is None or field.name_from in NATIVE or ORNAMENT.sub("", label.text) in ORNAMENT.sub("", field.name):
            continue
        what = f"页面上没有 id 为“{aim}”的元素" if found is None else f"id 为“{aim}”的 <{found.tag}> 不是输入框"
        yield failed(label, f"标签“{label.text[:20]}”的 for 写的是“{aim}”，但{what}，旁边的输入框因此没有这个标签；请改为输入框的 id")


def _next_field(label: Node) -> Node | None:
    """The field that a label stands before: the first after it within two steps up, without another label between."""
    at: Node = label
    for _ in range(3):
        follower = at.next
        while follower is not None:
            for one in (follower, *follower.descendants()):
                if one.tag == "label":
                    return None
                if one.tag in FIELDS and one.visible and one.get("type").lower() not in UNLABELLED:
                    return one
            follower = follower.next
        if at.parent is None or at.parent.tag in ("form", "body", "table", "tbody"):
            return None
        at = at.parent
    return None


@check(
    id="visible-label-untied",
    criteria=("1.3.1", "2.5.3"),
    impact=Impact.MODERATE,
    title="旁边的文字没有与输入框关联",
    title_en="Words beside a field are not tied to it",
    who=WHO,
    who_en=WHO_EN,
    repair=("请把旁边的文字改为 <label>，并让它的 for 与输入框的 id 一致；提示文字（placeholder）不能代替标签。",),
    repair_en=("Turn the words beside the field into a <label> whose for equals the id of the field; a placeholder is no label.",),
    verify=VERIFY,
    before='<form><span>联系电话：</span><input type="text" placeholder="请输入 11 位数字"></form>',
    after='<form><label for="dh">联系电话：</label><input id="dh" type="text" placeholder="请输入 11 位数字"></form>',
    bad=(
        '<form><div><label>联系电话</label><div><input placeholder="请输入 11 位数字"></div></div></form>',
        '<form><p><label>标题：</label><input name="t" title="50 字以内"></p></form>',
    ),
    unsure=(
        '<form><div><span>联系电话：</span><input placeholder="请输入 11 位数字"></div></form>',
        '<table><tr><td>* 来信标题：</td><td><input placeholder="50 字以内"></td></tr></table>',
        '<form><div>所在区县</div><div><input placeholder="请选择"></div></form>',
    ),
    good=(
        '<form><span>联系电话：</span><input placeholder="请输入联系电话"></form>',
        '<form><label>联系电话：<input placeholder="11 位数字"></label></form>',
        '<form><span>联系电话：</span><input aria-label="联系电话"></form>',
        '<form><a href="/">首页</a><input placeholder="请输入关键词"></form>',
        '<form><input placeholder="请输入关键词"></form>',
        '<form><p>请填写以下各项内容，带星号的为必填项，提交后不能修改。</p><input placeholder="姓名"></form>',
        '<form role="search"><span>站内搜索</span><input type="search" placeholder="请输入关键词"></form>',
        '<form><h2>公众留言</h2><input placeholder="姓名"></form>',
        '<form><label>姓名<input></label><input placeholder="身份证上的写法"></form>',
        '<form><div><label for="a">姓名</label></div><input id="a" placeholder="李"></form>', '<form><span>联系电话：</span><input></form>',
    ),
)  # fmt: skip
def visible_label_untied(document: Document) -> Iterator[Hit]:
    """1.3.1 and 2.5.3. Only what takes its name from a placeholder or title: where there is no name at all, axe speaks."""
    for field in document.elements(*FIELDS):
        if field.get("type").lower() in UNLABELLED | {"checkbox", "radio", "search"} or field.hidden or not field.visible or not field.name:
            continue
        if not (field.name == field.get("placeholder").strip() or field.name == field.get("title").strip()) or field.has("aria-label"):
            continue
        if any(above.role == "search" for above in field.ancestors()):
            continue
        beside = _beside(field)
        words = ORNAMENT.sub("", beside.text) if beside else ""
        if beside is None or not WORD.fullmatch(words) or words in ORNAMENT.sub("", field.name):
            continue
        label = beside if beside.tag == "label" else next(beside.descendants("label"), None)
        if label is not None:
            yield failed(
                field,
                f"旁边的 <label>“{beside.text[:20]}”没有 for 属性，读屏软件读的是“{field.name[:20]}”；请让 for 与这个输入框的 id 一致",
            )
            continue
        yield unsure(
            field, f"旁边的文字“{beside.text[:20]}”像是这个输入框的标签，读屏软件读的却是“{field.name[:20]}”；若是标签，请用 <label> 关联"
        )


def _beside(field: Node) -> Node | None:
    """The short text that stands right before a field in the code, and to its left or above it on the page."""
    at = field
    for _ in range(3):
        before = at.previous
        if before is not None:
            parts = (before, *before.descendants())
            if any(one.tag in BESIDES or (one.tag == "label" and one.has("for")) for one in parts) or not before.text:
                return None
            return before if _near(before, field) else None
        if at.parent is None or at.parent.tag in ("form", "body", "table", "tbody", "tr", "fieldset") or at.parent.own_text:
            return None
        at = at.parent
    return None


def _near(words: Node, field: Node) -> bool:
    lines = [box for one in (words, *words.descendants()) for box in one.lines]
    box = field.box
    if box is None or not lines:
        return False
    right, top = max(line.x + line.width for line in lines), min(line.y for line in lines)
    bottom = max(line.y + line.height for line in lines)
    level = top < box.y + box.height and bottom > box.y
    above = -4 <= box.y - bottom <= HIGHEST and abs(min(line.x for line in lines) - box.x) <= 40
    return above or (level and -4 <= box.x - right <= WIDEST)
