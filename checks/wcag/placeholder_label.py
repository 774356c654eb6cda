"""Who forgets easily, or comes back to a half-filled form, no longer sees what a field asks for: the grey hint went when typing began."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, passed, unsure
from checks.document import Document, Node

SEARCH = re.compile(r"搜索|检索|查询|查找|搜一搜|search|find|关键[字词]|keyword", re.IGNORECASE)


@check(
    id="placeholder-as-label",
    criteria=("3.3.2",),
    impact=Impact.MODERATE,
    title="输入框只有提示文字，没有固定的标签",
    title_en="Field has a placeholder but no lasting label",
    who="认知障碍者和记忆力减退的老年人一开始输入，灰色的提示就消失了，检查或改错时想不起这一格要填什么。",
    who_en="People with cognitive disabilities lose the grey hint as soon as they type, and cannot tell on review what the field asks for.",
    repair=(
        "请开发单位在输入框旁边放上一直看得见的 <label>，写明该填什么。",
        "placeholder 只放举例，例如“11 位手机号码”，不要代替标签。",
    ),
    repair_en=(
        "Ask the vendor to put a <label> that stays visible beside the field and says what to enter.",
        "Use the placeholder for an example only, not as the label.",
    ),
    verify="在输入框里打上字以后，仍然看得出这一格要填什么。",
    before='<form><p><input type="text" name="xm" placeholder="姓名"></p><p><input name="dh" placeholder="联系电话"></p></form>',
    after='<form><p><label>姓名 <input type="text" name="xm"></label></p><p><label>联系电话 <input name="dh"></label></p></form>',
    unsure=(
        '<form><input placeholder="请输入姓名"><input placeholder="身份证号"><button>提交</button></form>',
        '<textarea placeholder="请写下您的意见"></textarea>',
    ),
    good=(
        '<form><input placeholder="请输入搜索内容"><button>搜索</button></form>',
        '<label>姓名 <input placeholder="与身份证一致"></label>',
        '<input aria-label="姓名" placeholder="姓名">',
        '<p>验证码：<input placeholder="请输入验证码"></p>',
        '<input placeholder="姓名" hidden>',
        '<!DOCTYPE html><html lang="en"><head><title>A</title></head><body><input placeholder="Search"><button>Go</button></body></html>',
    ),
)
def placeholder_as_label(document: Document) -> Iterator[Hit]:
    """3.3.2 asks for labels or instructions; a placeholder is one until it is gone. One report for each form."""
    forms: dict[int, list[Node]] = {}
    for field in document.by_role("textbox", "searchbox", "combobox", "spinbutton"):
        if field.hidden or not field.visible or not field.name:
            continue
        lonely = field.name_from in ("placeholder", "aria-placeholder") and field.role != "searchbox" and not SEARCH.search(field.name)
        if lonely and not _words_before(field):
            form = field.inside("form", "search")
            forms.setdefault(form.index if form else -1, []).append(field)
        else:
            yield passed(field)
    for fields in forms.values():
        names = "、".join(f"“{field.name[:15]}”" for field in fields[:4])
        yield unsure(fields[0], f"有 {len(fields)} 个输入框只靠会消失的提示文字说明该填什么：{names}；请看旁边有没有一直看得见的说明")


def _words_before(field: Node) -> bool:
    """Whether visible words stand directly before it, in its own block or in the cell or block before."""
    at = field
    for above in field.ancestors():
        if any(text.shown.strip() for place, text in above.texts if place <= at.order):
            return True
        if (
            at.previous is not None
            and at.previous.text
            and not any(one.tag in ("input", "select", "textarea") for one in at.previous.descendants())
        ):
            return True
        if above.tag in ("form", "td", "li", "tr", "fieldset", "body"):
            break
        at = above
    return False
