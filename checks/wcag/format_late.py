"""How long the password must be and which signs it needs is told only after it was refused; then all is typed again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from checks.check import Hit, Impact, check, passed, unsure
from checks.document import Document
from checks.probes.forms_answers import Form, forms

DEMANDS = re.compile(
    r"\d+\s*(?:[-~—–到至]\s*\d+\s*)?(?:位|个字|字符|个字符|字以[上内])|(?:不少于|至少|不超过|最多|大于|小于|不低于)\s*\d|只能(?:为|是|"
    r"包含|由|输入|填写)|"
    r"必须(?:以|由|包含|含有)|(?:大小写|大写|小写|数字|字母|特殊字符).{0,8}(?:组成|组合|和|及|与)|格式(?:为|应为|如|：|:)|YYYY|at least "
    r"\d|\d+ characters",
    re.IGNORECASE,
)
KNOWN = re.compile(r"手机|电话|身份证|证件号|邮箱|邮件|邮编|email|phone|mobile|验证码|信用代码", re.IGNORECASE)
"""Formats that everybody knows by the name."""

FORM = (
    '<form id="f" onsubmit="return check()"><p><label for="u">用户名{}</label> <input id="u" name="u"></p><p><label for="p">密码{}</label> '
    '<input id="p" type="password"></p><button>注册</button></form><p id="t" role="alert"></p>'
)
TELL = "<script>function check(){t.innerHTML=p.value.length<8?'密码应为 8 至 20 位，必须包含字母和数字':'';return false}</script>"


@check(
    id="format-told-late",
    reads=("capture", "forms"),
    criteria=("3.3.2",),
    impact=Impact.MODERATE,
    title="填写要求填错后才说明",
    title_en="What a field takes is told only after it was refused",
    who="读写和记忆有困难的人、用读屏软件的人按自己的理解填好，提交后才知道有位数、字符的要求，只能推倒重填。",
    who_en="People who read or remember with difficulty, and those with screen readers, fill it in as they understand it and learn of the "
        "rules only when it is refused.",
    repair=(
        "说明文字可在后台设置的，把位数、字符等要求写在这一项的名称旁边。",
        "请开发单位把要求写在输入框旁边，并用 aria-describedby 相连；不要只写在填错后的提示里。",
    ),
    repair_en=(
        "Where the words can be set in the editor, put the rules beside the name of the field.",
        "Ask the vendor to write the rules beside the field, tied with aria-describedby, and not only into the message.",
    ),
    verify="什么都没填时，在这一项旁边就能看到、听到填写要求。",
    before=FORM.format("", "") + TELL,
    after=FORM.format("", "（8 至 20 位，包含字母和数字）") + TELL,
    unsure=(
        FORM.format("", "") + TELL,
        FORM.format("", "") + "<script>function check(){alert('用户名只能由字母和数字组成，长度 6-16 位');return false}</script>",
        FORM.format("", "") + '<script>p.onblur=function(){t.innerHTML="密码长度不少于 8 位"};function check(){return false}</script>',
    ),
    good=(
        FORM.format("", "（8 至 20 位，包含字母和数字）") + TELL,
        FORM.format("", "").replace('type="password"', 'type="password" placeholder="8-20 位字母和数字"') + TELL,
        FORM.format("", "") + "<script>function check(){t.innerHTML='请填写密码';return false}</script>",
        '<form onsubmit="alert(\'手机号码应为 11 位\');return false"><label>手机号码 <input></label><button>提交</button></form>',
    ),
)  # fmt: skip
def format_told_late(document: Document) -> Iterator[Hit]:
    """3.3.2 (G89): the demands of a message that appeared stand nowhere by the field before. One word for each field."""
    for form in forms(document):
        judged: set[int] = set()
        for step in (form.empty, form.blurred, form.wrong):
            messages: list[Mapping[str, Any]] = [*step.texts, *({"words": words, "near": -1, "gap": -1} for words in step.said)]
            for text in messages:
                at = _whose(form, text)
                if at is None or at in judged or not DEMANDS.search(text["words"]):
                    continue
                field, node = form.told["fields"][at], form.fields[at]
                if node is None or KNOWN.search(" ".join((*field["titles"], field["marks"]))):
                    continue
                judged.add(at)
                before = " ".join((*field["titles"], field["hint"], node.description))
                if DEMANDS.search(before) or re.search(r"\d", before):
                    yield passed(node)
                else:
                    yield unsure(node, f"填错后才提示“{text['words'][:40]}”，这一项旁边事先没有看到这个要求；请把要求写在输入框旁边")


def _whose(form: Form, text: Mapping[str, Any]) -> int | None:
    """The field that a message is about: which it names, else beside which it stands."""
    bare = re.sub(r"\s+", "", text["words"])
    for at, field in enumerate(form.told["fields"]):
        if any(len(title) >= 2 and re.sub(r"[\s：:*＊]|请输入|"
        r"请填写", "", title)[:12] in bare for title in field["titles"] if title.strip("：:*＊ ")):
            return at
    return int(text["near"]) if 0 <= text["gap"] <= 40 else None
