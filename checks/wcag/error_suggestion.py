"""“Wrong format” says that it is wrong, not how it would be right; who does not guess cannot go on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, passed, unsure
from checks.document import Document
from checks.probes.forms_answers import forms, vague

REFUSES = re.compile(
    r"格式(?:不正确|错误|有误|不对|无效)|(?:不正确|有误|无效|不合法|不符合要求|不合规)|invalid|incorrect|not valid|wrong "
    r"format", re.IGNORECASE
)
HELPS = re.compile(
    r"\d|例如|比如|如[：:“]|应为|应当|应以|须为|必须|只能|不能包含|不得包含|至少|格式为|格式：|由.{1,12}组成|包含|@|e\.g\.|example|must|"
    r"should|between|format:",
    re.IGNORECASE,
)
KNOWN = re.compile(r"密码|验证码|校验码|账号|帐号|用户名|手机|身份证|邮箱|邮件|邮编|password|captcha|code|e-?mail|phone", re.IGNORECASE)
"""Secrets, of which no more is told for safety, and formats that everybody knows by the name."""

FORM = (
    '<form onsubmit="return check()"><p><label for="d">出生日期</label> <input id="d" name="csrq"></p><button>提交</button></form>'
    '<p id="t" role="alert"></p><script>function check(){t.innerHTML=d.value?"%s":"请填写出生日期";return false}</script>'
)


@check(
    id="error-suggestion",
    reads=("capture", "forms"),
    criteria=("3.3.3",),
    impact=Impact.MODERATE,
    title="错误提示没有说明怎样填才对",
    title_en="The error message does not say how it would be right",
    who="读写、认知有困难的人和老年人看到“格式不正确”，不知道该怎样改，反复试也通不过。",
    who_en="People with reading or cognitive difficulties and old people read “wrong format”, do not know how to mend it, and fail again.",
    repair=(
        "提示文字可在后台设置的，写出正确的样子，例如“请按 2026-01-31 的格式填写出生日期”。",
        "请开发单位在提示里写明位数、范围或例子。",
    ),
    repair_en=(
        "Where messages can be set in the editor, show what is right, with an example.",
        "Ask the vendor to put the length, the range or an example into the message.",
    ),
    verify="故意填错，提示里写有怎样填才对或一个例子。",
    before=FORM % "出生日期格式不正确",
    after=FORM % "请按 2026-01-31 的格式填写出生日期",
    unsure=(
        FORM % "出生日期格式不正确", FORM % "您输入的内容有误",
        '<form onsubmit="return false"><label>单位电话 <input id="d"></label><span id="t"></span><button>保存</button></form>'
        '<script>d.onblur=function(){t.innerHTML=d.value?"电话号码无效":""}</script>',
    ),
    good=(
        FORM % "出生日期格式不正确，例如 2026-01-31", FORM % "", FORM % "用户名或密码不正确", FORM % "手机号格式不正确",
        '<form><label>电子邮箱 <input type="email" required></label><button>提交</button></form>',
    ),
)  # fmt: skip
def error_suggestion(document: Document) -> Iterator[Hit]:
    """3.3.3 (G85, G177): messages that came after wrong values. One word for each form; whether more is known, people say."""
    for form in forms(document):
        words = [words for step in (form.blurred, form.wrong) for words in step.words if REFUSES.search(words) and not KNOWN.search(words)]
        if form.fillable > 1:
            words = [one for one in words if not vague(one)]
        poor = next((one for one in words if not HELPS.search(one)), None)
        if poor is not None:
            yield unsure(form.button, f"填错后提示“{poor[:40]}”，没有说明怎样填才对；若知道正确的格式或范围，请写在提示里")
        elif words:
            yield passed(form.button)
