"""A code by text message must be spread over six boxes digit by digit, though it was copied whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, check, failed, passed, unsure
from checks.china.paste import OTHER_WAY
from checks.document import Document
from checks.probes.forms import NAME

CODE = re.compile(r"验证码|校验码|动态码|动态密码|短信|one-time-code|\botp\b|sms|captcha|verif|yzm|verification|passcode", re.IGNORECASE)
BOXES = '<form><p>请输入短信验证码</p><div id="d">' + '<input maxlength="1" size="1" aria-label="验证码">' * 6 + "</div></form>"
NEXT = (
    "<script>var b=[].slice.call(document.querySelectorAll('#d input'));b.forEach(function(o,i){o.oninput=function(){if(o.value&&b[i+1])"
    "b[i+1].focus()}%s})</script>"
)
SPREAD = NEXT % (
    ";o.onpaste=function(e){e.preventDefault();var t=e.clipboardData.getData('text');b.slice(i).forEach(function(x,"
    "n){if(t[n])x.value=t[n]})}"
)


@check(
    id="code-boxes",
    reads=("capture", "forms"),
    criteria=("3.3.8",),
    title="验证码要分格填写，不能整段粘贴",
    title_en="A code in single boxes cannot be pasted whole",
    who="记忆和抄写有困难的人、用读屏软件的人把收到的验证码整段粘贴，只进去一位，其余要一格一格地记着抄，常常超时。",
    who_en="People who find it hard to remember and copy, and those with screen readers, paste the code they got, and only one digit "
    "arrives; "
        "they must copy the rest box by box.",
    repair=(
        "请开发单位改用一个普通输入框，并加 autocomplete=\"one-time-code\"。",
        "保留分格样式的，在第一格处理粘贴事件，把整段验证码分到各格里。",
    ),
    repair_en=(
        "Ask the vendor for one ordinary field with autocomplete=\"one-time-code\".",
        "Where the boxes stay, the paste event of the first must spread the whole code over all of them.",
    ),
    verify="把六位验证码复制下来，在第一格粘贴，六格全部填好。",
    before=BOXES + NEXT % "",
    after='<form><label>短信验证码 <input inputmode="numeric" autocomplete="one-time-code" maxlength="6"></label></form>',
    bad=(
        BOXES + NEXT % "", BOXES,
        '<div class="login"><span>动态密码</span>' + "".join(
        f'<span><input type="tel" maxlength="1" name="code{n}"></span>' for n in range(4))
        + "</div>",
    ),
    unsure=(
        "<p>刷脸登录</p>" + BOXES,
        '<form><p>身份证后六位</p>' + '<input maxlength="1" aria-label="身份证号">' * 6 + "</form>",
    ),
    good=(
        BOXES + SPREAD, BOXES.replace('maxlength="1"', 'maxlength="6"'),
        '<form><p>日期</p><input maxlength="1" aria-label="月"><input maxlength="1" aria-label="日"></form>',
        BOXES.replace("<form", '<form style="display:none"'),
    ),
)  # fmt: skip
def code_boxes(document: Document) -> Iterator[Hit]:
    """3.3.8 (F109): a code pasted with Ctrl+V into the first box, on two loads of the page."""
    for one in (document.facts.get(NAME) or {}).get("codes", ()):
        node = document.meet(one["boxes"][0])
        if node is None:
            continue
        number, filled = len(one["boxes"]), one["filled"]
        what = f"这里分成 {number} 格，把 {number} 位内容粘贴到第一格，只填上 {filled} 格"
        if filled == number:
            yield passed(node)
        elif not CODE.search(f"{one['words']} {one['marks']}"):
            yield unsure(node, f"{what}；若它用于登录或身份核验，请让粘贴的内容分到各格")
        elif document.body and OTHER_WAY.search(document.body.text):
            yield unsure(node, f"{what}；页面上似乎另有扫码等方式，请确认不用记忆和抄写也能通过")
        else:
            yield failed(node, f"{what}；请改用一个输入框，或让粘贴的内容分到各格")
