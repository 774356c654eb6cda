"""The answer of a form flashes up as a strip of text; who does not see it waits, and presses the button again and again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checks.check import Hit, check, failed, passed, unsure
from checks.document import Document
from checks.probes.forms_answers import STATUS, Form, Step, forms

MOST = 12  # texts that came at once: with more it is new content, not a message
FORM = (
    '<form id="f" action="/save.do" method="post" onsubmit="return check()"><p><label for="xm">姓名</label><input id="xm" name="xm"></p>'
    '<button type="submit">提交</button></form>'
)
CALL = "<script>function check(){%s;return false}</script>"
TOAST = (
    "var d=document.createElement('div');d.className='layui-layer layui-layer-msg';d.style.cssText='position:fixed;top:300px;"
    "left:500px;background:#333;color:#fff;padding:12px';d.innerHTML='<div>请填写姓名</div>';%s;document.body.appendChild(d);"
    "setTimeout(function(){d.parentNode.removeChild(d)},1500)"
)
SPOT = FORM + '<div id="tip"{}></div>'
TELL = CALL % "tip.innerHTML='';setTimeout(function(){tip.innerHTML='姓名不能为空，请填写姓名'},50)"


@check(
    id="status-not-announced",
    reads=("capture", "forms"),
    criteria=("4.1.3",),
    title="提交后的提示读屏软件不会读出",
    title_en="The message after sending is not announced",
    who="盲人按下按钮后什么也听不到，不知道提交成功了没有、哪里填错，只能反复去按，或者以为网站坏了。",
    who_en="Blind people hear nothing after pressing the button; they do not know whether it worked, and press it again and again.",
    repair=(
        "使用提示组件（如 layer.msg）的，请开发单位换用或改造为带 role=\"alert\" 或 role=\"status\" 的组件。",
        "请开发单位在页面里预先放一个空的 <div role=\"alert\"></div>，出错或成功时把文字写进去；或者把焦点移到提示上。",
    ),
    repair_en=(
        "Where a message component (such as layer.msg) is used, ask for one that has role=\"alert\" or role=\"status\".",
        "Ask the vendor for an empty <div role=\"alert\"></div> in the page, into which the text is written; or to move the focus to it.",
    ),
    verify="打开读屏软件按提交按钮，不移动焦点就能听到提示的全部文字。",
    before=FORM + CALL % (TOAST % ""),
    after=SPOT.format(' role="alert"') + TELL,
    bad=(
        FORM + CALL % (TOAST % ""), SPOT.format(' style="color:red"') + TELL,
        SPOT.format(' style="display:none"') + CALL % "tip.innerHTML='请输入姓名';tip.style.display='block'",
        '<div><input id="kw" placeholder="请输入关键词"><span onclick="so()" style="cursor:pointer;display:inline-block;padding:4px">'
        '搜索</span>'
        '</div><p id="r"></p><script>function so(){r.innerHTML=kw.value?"没有找到相关结果":"请输入关键词"}</script>',
    ),
    unsure=(
        FORM + CALL % (TOAST % "d.setAttribute('aria-live','polite')"),
        SPOT.format("") + CALL % "tip.innerHTML='姓名不能为空';xm.focus()",
        FORM + CALL % (TOAST.replace("</div>'", "</div><a href=\"javascript:;\">确定</a>'") % ""),
    ),
    good=(
        SPOT.format(' role="alert"') + TELL, SPOT.format(' aria-live="polite"') + TELL, FORM + CALL % (TOAST % "d.setAttribute('role',"
        "'alert')"),
        FORM + CALL % "alert('请填写姓名')",
        SPOT.format(' role="dialog" tabindex="-1"') + CALL % "tip.innerHTML='姓名不能为空';tip.focus()",
        FORM.replace('id="xm"', 'id="xm" aria-describedby="tip"') + '<div id="tip"></div>' + CALL % "tip.innerHTML='姓名不能为空';"
        "xm.focus()",
        SPOT.format("") + CALL % "tip.innerHTML='云浔市政务服务网'",
        FORM.replace("<input", "<input required"),
        SPOT.format("") + '<p role="status" style="position:absolute;width:1px;height:1px;overflow:hidden" id="s"></p>'
        + CALL % "tip.innerHTML=s.innerHTML='请填写姓名'",
    ),
)  # fmt: skip
def status_not_announced(document: Document) -> Iterator[Hit]:
    """4.1.3 (F103): seen by pressing the button with nothing and with wrong values filled in, on two loads of the page."""
    for form in forms(document):
        hits = [hit for step in (form.empty, form.wrong) if (hit := _judged(form, step))]
        if hits:
            yield min(hits, key=lambda hit: (hit.outcome != "failed", hit.outcome is None))


def _judged(form: Form, step: Step) -> Hit | None:
    messages = [text for text in step.texts if _message(text)]
    if not messages or step.said or step.native or len(step.texts) > MOST:
        return None
    words = str(messages[0]["words"])
    if any(text["live"] in ("before", "alert") for text in step.texts):
        return passed(form.button)
    if step.focus == "dialog" or any(step.focus == f"field {text['speaks']}" for text in step.texts):
        return passed(form.button)
    what = f"按“{form.told['press']}”后出现提示“{words[:40]}”"
    if any(text["dialog"] for text in messages):
        return unsure(form.button, f"{what}，看起来是弹窗，但焦点没有移进去；请用读屏软件确认会读出")
    if any(text["live"] == "new" for text in step.texts):
        return unsure(form.button, f"{what}，aria-live 是和文字一起加到页面上的，不一定会读出；请把它预先放在页面里")
    if step.focus.startswith("field"):
        return unsure(form.button, f"{what}，焦点移到了输入框，但提示没有与它相连（aria-describedby）；请用读屏软件确认会读出")
    if step.focus not in ("", "button") or step.described & step.invalid:
        return None
    return failed(form.button, f"{what}，焦点没有移动，它也不在 role=\"alert\"、role=\"status\" 或 aria-live 区域里，读屏软件不会读出")


def _message(text: Mapping[str, Any]) -> bool:
    """Whether it is a message that people see, not the words on a button or a whole article."""
    beside = text["form"] or text["fixed"] or text["made"]
    return beside and text["shown"] == 2 and not text["button"] and len(text["words"]) <= 80 and bool(STATUS.search(text["words"]))
