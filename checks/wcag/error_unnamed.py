"""“Please fill in everything” does not help who cannot survey the form: which of the twelve fields was it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from checks.check import Hit, check, failed, passed, unsure
from checks.document import Document
from checks.probes.forms_answers import NEAR, STATUS, Form, Step, forms, vague

FORM = (
    '<form id="f" action="/save.do" method="post" onsubmit="return check()"><p><label for="xm">姓名</label><input id="xm" name="xm"></p>'
    '<p><label for="sj">手机号码</label><input id="sj" name="sj"></p><p><label for="nr">诉求</label><textarea id="nr"></textarea></p>'
    '<button type="submit">提交</button></form>'
)
TOLD = FORM + "<script>function check(){if(!xm.value||!nr.value||sj.value.length!=11){%s;return false}return true}</script>"
TOAST = (
    "var d=document.createElement('div');d.className='layui-layer layui-layer-msg';d.style.cssText='position:fixed;top:300px;left:500px;"
    "background:#333;color:#fff;padding:12px';d.innerHTML='%s';document.body.appendChild(d);setTimeout(function(){d.remove()},1500)"
)
TURN = (
    FORM + "<script>function check(){if(!xm.value){alert('请填写姓名');return false}if(sj.value.length!=11){alert('请填写 11 "
    "位手机号码');return "
    "false}if(!nr.value){alert('请填写诉求');return false}return true}</script>"
)


@check(
    id="error-unnamed",
    reads=("capture", "forms"),
    criteria=("3.3.1",),
    title="提交不成功时的提示没有说是哪一项",
    title_en="The message after sending names none of several fields",
    who="盲人、读写困难的人和老年人只听到“请填写完整”，不能一眼看遍表单，要逐项重查，常常找不到漏在哪里。",
    who_en="Blind people, people who read with difficulty and old people hear only that something is missing; they cannot survey the form "
        "and often do not find it.",
    repair=(
        "提示文字可在后台设置的，写明是哪一项，例如“手机号码应为 11 位数字”。",
        "请开发单位逐项校验：在出错的那一项旁边显示提示，把焦点移到第一个出错的输入框，并用 aria-describedby 相连。",
    ),
    repair_en=(
        "Where messages can be set in the editor, name the field and what it takes.",
        "Ask the vendor to check field by field: show the message beside the field, move the focus to the first one, and tie them with "
        "aria-describedby.",
    ),
    verify="漏填一项后按提交，提示里写有这一项的名称，或提示就在这一项旁边。",
    before=TOLD % "alert('请填写完整！')",
    after=TURN,
    bad=(
        TOLD % "alert('请填写完整！')", TOLD % (TOAST % "信息填写有误，请检查"),
        TOLD.replace("<form", '<div id="tip" style="color:red"></div><form') % "tip.innerHTML='请完善必填项！'",
        '<div class="login"><input id="u" placeholder="用户名"><input id="p" type="password" placeholder="密码"><input type="button" '
        'value="登 录" '
        "onclick=\"if(!u.value||p.value.length<6)layerMsg()\"></div><script>function layerMsg(){" + TOAST % "输入有误" + "}</script>",
    ),
    unsure=(TOLD % "alert('请填写完整！');xm.focus()",),
    good=(
        TURN, TOLD % "alert('姓名、手机号码和诉求均不能为空')", TOLD % (TOAST % "手机号码格式不正确"),
        '<form onsubmit="return check()"><p><label>关键词 <input id="k"></label></p><button>查询</button></form>'
        "<script>function check(){alert('请填写完整');return false}</script>",
        FORM + "<script>function check(){[xm,sj,nr].forEach(function(o){if(o.nextSibling)o.nextSibling.remove();if(o.value.length!=11){"
        "var s=document.createElement('span');s.style.color='red';s.innerHTML='不能为空';o.parentNode.appendChild(s)}});return false}"
        "</script>",
        FORM.replace(' onsubmit="return check()"', "").replace("<input", "<input required").replace("<textarea", "<textarea required"),
        FORM + "<script>function check(){var n=0;[xm,sj,nr].forEach(function(o){var s=o.nextSibling||"
        "o.parentNode.appendChild(document.createElement("
        "'span'));s.textContent=o.value.length==11?'':'请填写正确';n+=s.textContent?1:0});if(n)setTimeout(function(){alert('请完善信息')}"
        ",20);return !n}"
        "</script>",
        TOLD % "alert('请填写必填项');tip.innerHTML='未填写：手机号码、诉求'" + '<p id="tip"></p>',
    ),
)  # fmt: skip
def error_unnamed(document: Document) -> Iterator[Hit]:
    """3.3.1 (G83, G84, G85): seen by pressing the button, on two loads of the page."""
    for form in forms(document):
        if form.fillable < 2:
            continue
        for step, before in ((form.empty, ()), (form.wrong, (*form.empty.heard, *form.blurred.heard))):
            words = _vague(form, step, before)
            if words is None:
                continue
            message = f"表单有 {form.fillable} 项，按“{form.told['press']}”后只提示“{words[:40]}”，没有说是哪一项；请写明"
            if step.focus.startswith("field") or step.focus == "?":
                yield unsure(form.button, f"{message}。焦点移到了其中一项，请确认用读屏软件能知道错在哪里")
            else:
                yield failed(form.button, message)
            break
        else:
            if any(form.names(words) for step in (form.empty, form.wrong) for words in step.words):
                yield passed(form.button)


def _vague(form: Form, step: Step, before: Sequence[str]) -> str | None:
    """The message of a step that names nothing and stands beside nothing, where there was no other, in `before` neither."""
    complaints = [words for words in step.words if STATUS.search(words) or vague(words)]
    if not complaints or step.native or step.sent or any(not vague(words) or form.names(words) for words in (*step.heard, *before)):
        return None
    for text in step.texts:
        if text["speaks"] >= 0 or (text["form"] and not text["fixed"] and 0 <= text["gap"] <= NEAR and _beside(form, text)):
            return None
    return complaints[0]


def _beside(form: Form, text: Mapping[str, Any]) -> bool:
    """Whether a message stands in what holds one field alone, as far as the way to it tells."""
    place = str(text["place"]).split("/")
    fields = [str(field["place"]).split("/") for field in form.told["fields"]]
    shared = sorted((sum(1 for _ in _common(place, field)) for field in fields), reverse=True)
    return shared[0] > shared[1]


def _common(one: list[str], other: list[str]) -> Iterator[str]:
    for here, there in zip(one, other, strict=False):
        if here != there:
            return
        yield here
