"""Who fills in a form by ear hears «please enter», or «name» twice, and does not learn what belongs where."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document, Node
from checks.words import bare, unspoken

ANY_FIELD = re.compile(
    r"(?:请|请您|在此|在这里|此处|点击|这里)*(?:输入|填写|录入|选择|填入)(?:内容|文字|信息|项|一项|框|栏|域|值)?|(?:文本|输入|录入|选择|下拉|复选|单选)(?:框|栏|域|菜单|列表)[0-9]*|"
    r"标签[0-9]*|表单(?:项|域|元素)?[0-9]*|字段[0-9]*|必填项?|选填项?|"
    r"(?:please|pleaseenter|enter|typehere|enterhere|entertext|entervalue|entersomething|pleaseselect|select|selectone|selectanoption|choose|chooseone)|"
    r"(?:label|field|formfield|input|inputfield|inputbox|text|textbox|textfield|textarea|textinput|select|selectbox|dropdown|combobox|"
    r"checkbox|radio|radiobutton|option|control|form|untitled|placeholder|required|optional)[0-9]*"
)
NO_ENTRY = re.compile(r"(?:主|网站)?(?:菜单|导航)|menu|navigation|按钮|button|链接|link|图标|icon")
FAR = 200  #: elements before a field, among which its question is sought
SEARCH = re.compile(r"搜|检索|查询|查找|关键|search|find|keyword", re.IGNORECASE)
TYPED = frozenset({"textbox", "searchbox", "combobox", "listbox", "spinbutton"})


@check(
    id="field-label-describes",
    criteria=("2.4.6",),
    impact=Impact.SERIOUS,
    title="输入框的名称没有说明该填什么",
    title_en="Label does not say what to enter",
    who="使用读屏软件的盲人按 Tab 键走到输入框，只听到“请输入”“请选择”，不知道这一格是姓名、证件号还是电话，表就填不下去。",
    who_en="A blind person who tabs to the field hears only “please enter” or “select” and does not learn what it asks for.",
    repair=(
        "请开发单位用 <label> 把旁边的文字（如“姓名”）与输入框关联起来，<label> 的 for 与输入框的 id 相同。",
        "没有位置放文字的，用 aria-label 写明该填什么，例如“联系电话”；“请输入”“请选择”只作提示。",
    ),
    repair_en=(
        "Ask the vendor to bind the words beside the field to it with <label>, whose for equals the field's id.",
        "Where there is no room for words, say in an aria-label what to enter; “please enter” is a mere hint.",
    ),
    verify="按 Tab 键走到输入框，读屏软件读出该填什么。",
    before='<form><p>联系电话 <input type="text" placeholder="请输入"></p></form>',
    after='<form><p><label for="dh">联系电话</label> <input type="text" id="dh" placeholder="请输入"></p></form>',
    bad=(
        '<form><p>姓名 <input aria-label="请输入"></p></form>',
        "<label>请选择 <select><option>任城区</select></label>",
        '<label for="a">*</label><input id="a">',
        '<input title="文本框">',
        "<label>label <input></label>",
        "<label>菜单 <input></label>",
        "<label>输入框1：<input></label>",
        '<!DOCTYPE html><html lang="en"><head><title>Registration</title></head><body><label>Text field <input></label></body></html>',
    ),
    good=(
        "<label>请输入姓名 <input></label>",
        "<label>姓名 * <input></label>",
        '<input aria-label="搜索">',
        "<label>内容 <textarea></textarea></label>",
        '<label><input type="checkbox"> 必填</label>',
        '<input aria-label="请输入" style="display:none">',
        "<label>选择区县 <select><option>任城区</select></label>",
        '<div aria-hidden="true"><input aria-label="请输入" tabindex="-1"></div>',
        '<select aria-label="网站导航"><option>国务院</select>',
        "<label>Text of the petition <textarea></textarea></label>",
        '<input type="submit" value="选择">',
    ),
)
def field_label_describes(document: Document) -> Iterator[Hit]:
    """2.4.6 (G131): a label of words that would do for any field describes none."""
    for field in _typed(document):
        words = bare(field.name)
        if not words:
            yield failed(field, f"输入框的名称只有符号“{field.name[:10]}”，没有说明该填什么；请用 <label> 写明")
        elif ANY_FIELD.fullmatch(words) or (field.role == "textbox" and NO_ENTRY.fullmatch(words)):
            yield failed(field, f"输入框的名称只是“{field.name[:20]}”，没有说明该填什么；请用 <label> 或 aria-label 写明")
        else:
            yield passed(field)


@check(
    id="field-names-differ",
    criteria=("2.4.6",),
    impact=Impact.MODERATE,
    title="同一张表里几个输入框的名称相同",
    title_en="Several fields of one form share a label",
    who="使用读屏软件的盲人填表时几次听到同样的“姓名”，不知道哪个是申请人、哪个是代办人，容易填错人、填错格。",
    who_en="A blind person hears “name” several times in one form and cannot tell the applicant's from the agent's.",
    repair=(
        "请开发单位把标签写完整，例如“申请人姓名”“代办人姓名”。",
        "表格分成几块的，给每一块加上看得见的小标题，并用 <fieldset> 和 <legend> 围起来。",
    ),
    repair_en=(
        "Ask the vendor to write labels out, such as “Applicant's name” and “Agent's name”.",
        "Where the form has parts, give each a visible heading and enclose it in <fieldset> with a <legend>.",
    ),
    verify="从头到尾用 Tab 键走一遍表单，听到的名称没有重复，或者连同分组名称能够区分。",
    before='<form><p><label>姓名 <input name="a"></label></p><p><label>姓名 <input name="b"></label></p></form>',
    after='<form><p><label>申请人姓名 <input name="a"></label></p><p><label>代办人姓名 <input name="b"></label></p></form>',
    bad=(
        '<form><label>姓名 <input name="a"></label><label>电话 <input name="t"></label><label>姓名 <input name="b"></label></form>',
        '<form><h2 hidden>申请人</h2><label>姓名 <input name="a"></label><h2 hidden>代办人</h2><label>姓名 <input name="b"></label></form>',
    ),
    unsure=(
        '<form><p>开始 <input name="a" aria-label="日期"> 至 <input name="b" aria-label="日期"></p></form>',
        '<form><p>一、出行方式</p><label><input type="radio">步行</label><label>其他 <input></label>'
        '<p>二、所需辅具</p><label><input type="radio">轮椅</label><label>其他 <input></label></form>',
    ),
    good=(
        '<form><h2>申请人</h2><label>姓名 <input name="a"></label><h2>代办人</h2><label>姓名 <input name="b"></label></form>',
        "<form><fieldset><legend>申请人</legend><label>姓名 <input></label></fieldset>"
        "<fieldset><legend>代办人</legend><label>姓名 <input></label></fieldset></form>",
        '<form><input aria-label="搜索"></form><form><input aria-label="搜索"></form>',
        '<form><label><input type="radio" name="a"> 是</label><label><input type="radio" name="b"> 是</label></form>',
        '<form><table><tr><th>父亲<td><input aria-label="姓名"><tr><th>母亲<td><input aria-label="姓名"></table></form>',
        '<form><label>姓名 <input></label><label style="display:none">姓名 <input></label></form>',
        "<form><p>姓名 <input></p><p>电话 <input></p></form>",
    ),
)
def field_names_differ(document: Document) -> Iterator[Hit]:
    """Fields to type or choose in, of one form: the same name and nothing around them that tells them apart."""
    groups: dict[tuple[int, str, str], list[Node]] = {}
    for field in _typed(document):
        form = field.inside("form")
        if form is not None and field.visible and not SEARCH.search(field.name):  # one form may hold a whole page, with two search boxes
            groups.setdefault((form.index, field.role, field.name), []).append(field)
    for fields in groups.values():
        if len(fields) < 2 or not bare(fields[0].name):
            yield from map(passed, fields)
            continue
        told, seen = {_told_around(field) for field in fields}, {(*_told_around(field), _text_before(field)) for field in fields}
        message = f"这张表里有 {len(fields)} 个输入框都叫“{fields[0].name[:20]}”"
        if len(told) == len(fields):
            yield from map(passed, fields)
        elif len(seen) == len(fields):
            yield unsure(fields[0], f"{message}，只能靠旁边的文字区分；请看读屏软件能不能分清")
        else:
            yield passed(fields[0])
            yield failed(fields[1], f"{message}，周围也没有能区分它们的标题或分组；请把标签写完整")


def _typed(document: Document) -> Iterator[Node]:
    """Fields to type or choose in that have a name of words or marks."""
    for field in document.by_role(*sorted(TYPED)):
        if field.name and not field.hidden and not unspoken(field.name) and field.inside("combobox", "listbox", "spinbutton") is None:
            yield field


def _told_around(field: Node) -> tuple[str, ...]:
    """Groups, the row of a table and the last visible heading before: what assistive technology gives beside the name."""
    around: list[str] = []
    for above in field.ancestors():
        if above.role in ("group", "radiogroup", "region", "dialog") and above.name:
            around.append(above.name)
        elif above.role in ("row", "listitem"):
            around.append(above.text)
        if above.tag == "form":
            break
    heading = next((one for one in reversed(list(field.document.headings)) if one.index < field.index and one.visible), None)
    around.append(str(heading.index) if heading else "")
    return tuple(around)


def _text_before(field: Node) -> str:
    """The last visible words before it that are not its own label's."""
    for node in reversed(field.document.nodes[max(0, field.index - FAR) : field.index]):
        if node.tag != "label" and node.own_text and node.inside("label") is None:
            before = [text.shown.strip() for place, text in node.texts if field not in node.children or place <= field.order]
            pieces = [piece for piece in before if piece]
            if pieces:
                return pieces[-1]
        if node.role in TYPED:
            break
    return ""
