"""A red border says that something is wrong to those who see red; everybody else waits for words, and none come."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document
from checks.probes.forms_answers import Form, Step, forms

KNOWN = re.compile(r"必填|不能为空|不得为空|required|mandatory", re.IGNORECASE)

STYLE = "<style>.error{border:1px solid #e60012}.bad input{background:#ffd6d6}</style>"
FORM = (
    '<form id="f" action="/save.do" method="post" onsubmit="return check()"><p><label for="xm">姓名</label><input id="xm" name="xm"></p>'
    '<p><label for="sj">手机号码</label><input id="sj" name="sj"></p><button type="submit">提交</button></form>'
)
EACH = (
    "<script>function check(){var ok=true;var all=document.querySelectorAll('#f input');for(var i=0;i<all.length;i++){"
    "if(all[i].value.length<11){%s;ok=false}}return ok}</script>"
)
MARKED = STYLE + FORM + EACH % "all[i].className='error'"
WORDS = STYLE + FORM + EACH % (
    "all[i].className='error';var t=all[i].nextSibling;if(!t){t=document.createElement('span');all[i].parentNode.appendChild(t)}"
    "t.innerHTML=i?'请填写 11 位手机号码':'请填写姓名'"
)


@check(
    id="error-colour-only",
    reads=("capture", "forms"),
    criteria=("3.3.1", "1.4.1"),
    impact=Impact.CRITICAL,
    title="填错的项只用颜色标出，没有文字说明",
    title_en="Fields in error are marked by colour alone, without words",
    who="盲人听不到、色觉障碍者看不出输入框变红，提交不成功时不知道哪一项填错，反复尝试仍办不成。",
    who_en="Blind people do not hear, and colour-blind people do not see, that a field has turned red; they learn neither that something "
    "is "
        "wrong nor where.",
    repair=(
        "表单的校验提示可在后台设置的，为每一项写上提示文字，例如“请填写姓名”。",
        "请开发单位在出错的输入框旁边显示文字，说明哪一项、错在哪里，并设置 aria-invalid=\"true\"，用 aria-describedby "
        "把文字与输入框相连。",
    ),
    repair_en=(
        "Where messages can be set in the editor, give every field one, such as “请填写姓名”.",
        "Ask the vendor to show words beside the field that say what is wrong, to set aria-invalid=\"true\" and to tie them with "
        "aria-describedby.",
    ),
    verify="什么都不填就按提交，每个出错的输入框旁边都有文字说明，读屏软件能读出。",
    before=MARKED,
    after=WORDS,
    bad=(
        MARKED,
        STYLE + '<div class="layui-form"><div class="layui-form-item"><label class="layui-form-label">标题</label><input '
        'class="layui-input" '
        'name="title"></div><div class="layui-form-item"><label class="layui-form-label">留言内容</label><textarea name="nr"></textarea>'
        '</div>'
        '<a href="javascript:;" class="layui-btn" onclick="send()">提交</a></div>'
        "<script>function send(){document.querySelectorAll('.layui-form-item').forEach(function(o){var i=o.querySelector('input,textarea');"
        "if(!i.value||i.value=='123'){i.style.boxShadow='0 0 4px red';i.style.borderColor='red'}})}</script>",
        STYLE + '<form onsubmit="return false"><p><label>邮箱 <input id="yx" name="email" onblur="if(!/@.+[.]/.test(this.value))'
        "this.parentNode.parentNode.className='bad';else this.parentNode.parentNode.className=''\"></label></p><button>保存</button>"
        "</form>",
        STYLE + FORM + "<script>function check(){setTimeout(function(){xm.style.outline='2px solid rgb(220,0,0)';},60);return false}"
        "</script>",
    ),
    unsure=(
        STYLE + FORM + EACH % "all[i].className='error';all[i].setAttribute('aria-invalid','true')",
        MARKED.replace('<label for="xm">姓名</label>', '<label for="xm">姓名（必填）</label>').replace(
            '<label for="sj">手机号码</label>', '<label for="sj">手机号码（必填）</label>'),
    ),
    good=(
        WORDS,
        STYLE + FORM + "<script>function check(){if(!xm.value){xm.className='error';alert('请填写姓名');return false}"
        "if(sj.value.length<11){sj.className='error';alert('手机号码应为 11 位');return false}return true}</script>",
        STYLE + FORM.replace(' onsubmit="return check()"', "").replace("<input", "<input required oninvalid=\"this.className='error'\""),
        STYLE + FORM + EACH % "all[i].className='error';all[i].placeholder='此项不能为空'",
        STYLE + FORM + "<script>function check(){xm.className='error';var d=document.createElement('div');d.className='layui-layer "
        "layui-layer-msg';"
        "d.style.cssText='position:fixed;top:200px;left:500px;background:#333;color:#fff;padding:12px';d.innerHTML='姓名不能为空';"
        "document.body.appendChild(d);setTimeout(function(){document.body.removeChild(d)},1200);return false}</script>",
        STYLE + FORM.replace("<input", "<input onfocus=\"this.style.border='2px solid #1e9fff'\" onblur=\"this.style.border=''\"")
        + "<script>function check(){return true}</script>",
        "<style>p.error::after{content:'此项必须填写'}p.error input{border-color:red}</style>" + FORM + EACH % "all[i].parentNode.classNa"
        "me='error'",
    ),
)  # fmt: skip
def error_colour_only(document: Document) -> Iterator[Hit]:
    """3.3.1 (F81): seen by pressing the button with nothing and with wrong values filled in, on two loads of the page."""
    for form in forms(document):
        first = _marked(form, [form.empty])
        both = first or _marked(form, [form.blurred, form.wrong])
        if both:
            at, cue, invalid = both
            field = form.fields[at] or form.button
            rest = sum(1 for one in form.empty.cues) or 1
            what = f"按“{form.told['press']}”后，这一项只有{cue}（本表单共 {rest} 项这样标出），没有出现任何文字"
            if invalid or KNOWN.search(form.told["fields"][at]["hint"]):
                yield unsure(field, f"{what}，但已标为出错（aria-invalid）或事先写有“必填”；请用读屏软件确认能知道错在哪里")
            else:
                yield failed(field, f"{what}；请在旁边用文字说明哪里填错")
        elif any(step.cues for step in (form.empty, form.wrong)):
            yield passed(form.button)


def _marked(form: Form, steps: list[Step]) -> tuple[int, str, bool] | None:
    """The first field that was marked while nothing was said: its number, the mark, and whether it was told to be invalid."""
    if any(step.heard or step.native or step.sent for step in steps):
        return None
    for step in steps:
        for at, cue in step.cues.items():
            if at < len(form.fields):
                return at, cue.partition(" ")[0], at in step.invalid
    return None
