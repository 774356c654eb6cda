"""A script keeps passwords and codes from being pasted; who cannot keep them in mind, or type them, does not get in."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, check, failed, passed, unsure
from checks.china.paste import OTHER_WAY, paste_blocked
from checks.document import Document
from checks.probes.forms import NAME

LOGIN = '<form><label>用户名 <input id="u" name="username"></label><label>密码 <input id="p" type="password" name="pwd"></label></form>'
CODED = '<form><label>密码 <input type="password"></label><label>验证码 <input id="c" name="yzm" maxlength="4"></label></form>'
STOPS = "<script>%s.addEventListener('paste', function(e){e.preventDefault()})</script>"


@check(
    id="paste-refused",
    reads=("capture", "forms"),
    criteria=("3.3.8",),
    title="登录时粘贴不进去",
    title_en="What is pasted where people log in does not arrive",
    who="记忆和抄写有困难的人、用密码管理工具或读屏软件的人把密码、验证码粘贴进来，输入框仍是空的，往往登录不了。",
    who_en="People who find it hard to remember and copy, and those with password managers or screen readers, paste, and the field stays "
        "empty; often they cannot log in.",
    repair=(
        "请开发单位删去阻止粘贴（paste 事件）和拦截 Ctrl+V 的脚本。",
        "担心安全的，可以限制登录次数、增加短信或扫码登录，不必禁止粘贴。",
    ),
    repair_en=(
        "Ask the vendor to remove the scripts that stop the paste event or catch Ctrl+V.",
        "For security, limit the number of attempts or offer other ways to log in; there is no need to stop pasting.",
    ),
    verify="把一段文字复制下来，用 Ctrl+V 能够粘贴进这个输入框。",
    before=LOGIN + STOPS % "p",
    after=LOGIN,
    bad=(
        LOGIN + STOPS % "p", CODED + STOPS % "c",
        LOGIN + "<script>document.addEventListener('paste', function(e){if(e.target.type=='password'){e.stopPropagation();"
        "e.preventDefault()}},"
        "true)</script>",
        LOGIN + "<script>u.onpaste=p.onpaste=function(){return false}</script>",
    ),
    unsure=(
        "<p>扫码登录</p>" + LOGIN + STOPS % "p",
        LOGIN + "<script>p.addEventListener('keydown', function(e){if(e.ctrlKey&&e.keyCode==86)e.preventDefault()})</script>",
        '<form><label>密码 <input id="p" type="password"></label><label>确认密码 <input type="password"></label></form>' + STOPS % "p",
        '<form><label>留言 <input></label><label>验证码 <input id="c" name="yzm"></label></form>' + STOPS % "c",
    ),
    good=(
        LOGIN, CODED, LOGIN.replace("<input", '<input onpaste="return false"'),
        LOGIN + "<script>p.addEventListener('paste', function(e){e.preventDefault();p.value=e.clipboardData.getData('text').trim()}"
        ")</script>",
        '<form><label>关键词 <input id="k"></label></form>' + STOPS % "k",
        LOGIN.replace('type="password"', 'type="password" readonly') + STOPS % "p",
    ),
)  # fmt: skip
def paste_refused(document: Document) -> Iterator[Hit]:
    """3.3.8 (F109): pasted with Ctrl+V on two loads, where typing works. What an onpaste attribute says, `paste-blocked` tells."""
    known = {hit.node.index for hit in paste_blocked.look(document) if hit.outcome}
    for one in (document.facts.get(NAME) or {}).get("pastes", ()):
        node = document.meet(one["told"])
        if node is None or node.index in known:
            continue
        what = "密码" if one["secret"] else "验证码" if one["code"] else "账号"
        if one["took"]:
            yield passed(node)
        elif not one["typed"]:
            continue
        elif not one["stopped"]:
            yield unsure(node, f"用 Ctrl+V 粘贴不进这个{what}输入框，逐字键入可以；请确认用右键菜单等方式能粘贴，最好也允许 Ctrl+V")
        elif one["passwords"] != 1:
            yield unsure(node, f"这个{what}输入框不允许粘贴；若它用于登录或身份核验，请允许粘贴")
        elif document.body and OTHER_WAY.search(document.body.text):
            yield unsure(node, f"这个{what}输入框不允许粘贴；页面上似乎另有扫码等登录方式，请确认它不需要记忆和抄写，最好同时允许粘贴")
        else:
            yield failed(node, f"这个{what}输入框逐字键入可以，粘贴却被脚本取消；请允许粘贴")
