"""Who remembers and types with difficulty should not have to enter the same thing twice in one procedure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, unsure
from checks.document import Document

AGAIN = re.compile(
    r"(?:再次|重复|再)(?:输入|填写|确认)|确认(?:邮箱|手机号?码?|证件号?码?|身份证号?码?|账号|卡号)|(?:confirm|repeat|re-?enter)\b",
    re.IGNORECASE,
)
SECRET = re.compile(r"密码|口令|password|passcode", re.IGNORECASE)
TOLD = re.compile(r"[\s:：*＊（）()]+")
TYPED = frozenset({"", "text", "tel", "email", "number", "url", "search"})
PERSONAL = re.compile(r"姓名|电话|手机|邮箱|证件|身份证|地址|单位名称|联系方式|户籍")
SAME = re.compile(r"同上|与上|自动(?:填写|带出)|一致|复制")


@check(
    id="asked-twice",
    criteria=("3.3.7",),
    impact=Impact.MODERATE,
    title="同一内容要填两遍",
    title_en="The same is asked for twice",
    who="记忆力下降的人和打字吃力的人，同一个号码要输入两遍，容易前后不一致，办不下去。",
    who_en="People who remember or type with difficulty have to enter a number twice, and fail where the two differ.",
    repair=(
        "去掉重复的一栏；确需核对的，把第一次填的内容显示出来让人确认。",
        "同一办理流程中填过的内容，由程序自动带出，或提供“同上”选项。",
    ),
    repair_en=(
        "Drop the second field; where a check is needed, show what was entered and ask whether it is right.",
        "Carry over what was entered earlier in the procedure, or offer “same as above”.",
    ),
    verify="从头到尾办一遍，填过的内容不需要再填，密码除外。",
    before='<form><label>手机号码 <input name="a"></label><label>再次输入手机号码 <input name="b"></label></form>',
    after='<form><label>手机号码 <input name="a"></label></form>',
    unsure=(
        '<form><label>邮箱 <input type="email" name="a"></label><label>确认邮箱 <input type="email" name="b"></label></form>',
        '<form><h2>申请人</h2><label>联系电话 <input name="a"></label><h2>经办人</h2><label>联系电话 <input name="b"></label></form>',
    ),
    good=(
        '<form><label>密码 <input type="password"></label><label>再次输入密码 <input type="password"></label></form>',
        '<form><label>申请人电话 <input name="a"></label><label>经办人电话 <input name="b"></label></form>',
        '<form><label>联系电话 <input name="a"></label><label><input type="checkbox"> 与上面相同</label>'
        '<label>联系电话 <input name="b"></label></form>',
        '<form><label>手机号码 <input name="a"></label></form><form><label>手机号码 <input name="b"></label></form>',
        '<form><label>数量 <input name="a"></label><label>数量 <input name="b"></label></form>',
    ),
)  # fmt: skip
def asked_twice(document: Document) -> Iterator[Hit]:
    """3.3.7 within one form: a field to repeat another one, or the same personal data under the same label."""
    for form in document.elements("form"):
        if SAME.search(form.text):
            continue
        met: set[str] = set()
        for field in form.descendants("input"):
            label = TOLD.sub("", field.name)
            if not label or not field.visible or field.get("type").lower() not in TYPED or field.get("value") or SECRET.search(label):
                continue
            if AGAIN.search(field.name):
                yield unsure(field, f"“{field.name[:20]}”要求把填过的内容再填一遍；请看能不能改为显示已填内容让人确认")
            elif label in met and PERSONAL.search(label):
                yield unsure(field, f"这个表单里有两处“{field.name[:20]}”；若问的是同一内容，请自动带出或提供“同上”")
            met.add(label)
