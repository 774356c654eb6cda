"""A dialog that opens without taking the focus, or lets it slip behind, leaves people who use the keyboard or a screen reader outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checks.check import Hit, check, failed, passed, unsure
from checks.document import Document, Node

LAYER = (
    "<style>.shade{{position:fixed;left:0;top:0;width:100%;height:100%;background:rgba(0,0,0,.5)}}.layer{{position:fixed;left:300px;"
    "top:150px;"
    "width:500px;height:260px;background:#fff;padding:20px}}</style><p><a href='/'>首页</a> <a href='/zw/'>政务公开</a></p>"
    "<p>残疾人两项补贴申请说明。</p><p><{tag} {to} id='go' onclick='openIt();return false'>登录</{end}></p>"
    "<p><a href='/1'>通知一</a> <a href='/2'>通知二</a> <a href='/3'>通知三</a> <a href='/4'>通知四</a></p>{before}"
    "<div id='box' style='display:none' {role}><div class='shade'></div><div class='layer' id='in' {inner}><h3>用户登录</h3>"
    "<input aria-label='账号'><button type='button' onclick='shut()'>确定</button><a href='javascript:;' onclick='shut()'>关闭</a>"
    "</div></div>"
    "<div style='height:40px'><a href='/about'>关于我们</a> <a href='/map'>网站地图</a></div><script>"
    "function openIt(){{box.style.display='block';{opened}}}function shut(){{box.style.display='none';{closed}}}{more}</script>"
)
LINK = {"tag": "a", "to": "href='javascript:;'", "end": "a"}
BUTTON = {"tag": "button", "to": "type='button'", "end": "button"}
DIALOG = "role='dialog' aria-modal='true' aria-label='用户登录'"
TRAP = (
    "box.onkeydown=function(e){var all=box.querySelectorAll('input,button,a');if(e.key==='Escape')shut();if(e.key!=='Tab')return;"
    "if(e.shiftKey&&document.activeElement===all[0]){all[all.length-1].focus();e.preventDefault()}"
    "else if(!e.shiftKey&&document.activeElement===all[all.length-1]){all[0].focus();e.preventDefault()}}"
)
FOCUS, BACK = "box.querySelector('input').focus()", "go.focus()"
EMPTY: Mapping[str, str] = {"before": "", "role": "", "inner": "", "opened": "", "closed": "", "more": ""}


def _layer(**parts: str) -> str:
    return LAYER.format_map({**EMPTY, **LINK, **parts})


GOOD = _layer(**BUTTON, role=DIALOG, opened=FOCUS, closed=BACK, more=TRAP)
NATIVE = (
    "<p><button type='button' onclick='d.showModal()'>意见反馈</button> <a href='/1'>通知一</a> <a href='/2'>通知二</a></p><dialog id='d' "
    "aria-label='意见反馈'><p>请留下您的意见。</p><input aria-label='意见'><button type='button' onclick='d.close()'>关闭</button></dialog>"
)
MENU = (
    "<p><button type='button' aria-expanded='false' onclick=\"m.style.display='block'\">分享</button></p><ul id='m' style='display:none;"
    "position:absolute;left:20px;top:60px;width:300px;height:120px;background:#fff'><li><a href='/wb'>微博</a></li><li><a href='/qz'>空间"
    "</a></li></ul><p><a href='/1'>通知一</a></p>"
)
TOAST = (
    "<p><button type='button' onclick=\"t.style.display='block';setTimeout(function(){t.style.display='none'},1200)\">收藏</button></p>"
    "<div "
    "id='t' style='display:none;position:fixed;left:400px;top:300px;width:300px;height:100px;background:#333;color:#fff'>收藏成功</div>"
)


@check(
    id="dialog-focus-not-moved",
    reads=("capture", "dialogs"),
    criteria=("2.4.3",),
    title="弹窗打开后，焦点没有进去",
    title_en="Dialog opens without taking the focus",
    who="用键盘的人和盲人打开弹窗后，焦点还留在被遮住的页面上；读屏软件不会读出弹窗，他们不知道发生了什么，也走不到弹窗里。",
    who_en="The focus stays on the covered page: a screen reader says nothing of the dialog, and the keyboard does not lead into it.",
    repair=(
        "请开发单位在打开弹窗时把焦点移到弹窗的标题或第一个控件，并为弹窗加上 role=\"dialog\" 和 aria-modal=\"true\"。",
        "最简单的做法是改用 <dialog> 元素和 showModal()，焦点由浏览器照管。",
    ),
    repair_en=(
        "Ask the vendor to move the focus to its heading or first control when it opens, with role=\"dialog\" and aria-modal=\"true\".",
        "The simplest way is <dialog> with showModal(): the browser then takes care of the focus.",
    ),
    verify="用 Tab 键走到开关，按回车键，弹窗打开后焦点就在弹窗里，再按 Tab 键走的是弹窗里的控件。",
    before=_layer(),
    after=NATIVE,
    bad=(
        _layer(), _layer(**BUTTON, role=DIALOG),
        _layer(opened="setTimeout(function(){document.title='登录'},10)", role="class='layui-layer'"),
        "<style>.m{position:fixed;inset:0;background:rgba(0,0,0,.6)}.m div{width:400px;margin:150px auto;background:#fff;"
        "padding:30px}</style>"
        "<p><a href='/'>首页</a> <a href='/1'>通知</a> <a href='/2'>公示</a> <a href='/3'>公告</a> <a href='/4'>专题</a></p><p>正文内容</p>"
        "<div class='m' id='m'><div>为提升服务，请阅读本站提示。<a href='javascript:;' onclick='m.remove()'>我知道了</a></div></div>",
    ),
    good=(
        GOOD, NATIVE, MENU, TOAST,
        _layer(opened="in_.focus()", inner="tabindex='-1'", more="var in_=document.getElementById('in');" + TRAP, closed=BACK),
        "<p><button type='button' onclick=\"p.hidden=!p.hidden\" aria-expanded='false'>查询条件</button></p><div id='p' hidden><input "
        "aria-label='文号'></div>",
    ),
)  # fmt: skip
def dialog_focus_not_moved(document: Document) -> Iterator[Hit]:
    """2.4.3 (F85) for dialogs that keep people from the page, and those that call themselves one."""
    for node, dialog in _dialogs(document):
        if dialog["inside"] is None or not (dialog["modal"] or dialog["marked"]) or not dialog["tabbables"]:
            continue
        if dialog["inside"] or dialog["tab_in"]:
            yield passed(node)
        elif dialog["tab_in"] is False:
            how = f"用回车键从“{_words(node)}”打开弹窗" if "trigger" in dialog else "页面一打开就弹出窗口"
            yield failed(node, f"{how}{_named(dialog)}，焦点留在外面，再按 Tab 键也进不去；请在打开时把焦点移到弹窗里")


@check(
    id="dialog-focus-leaves",
    reads=("capture", "dialogs"),
    criteria=("2.4.3",),
    title="弹窗还开着，焦点却走到了被遮住的页面上",
    title_en="Focus leaves an open dialog for the page behind it",
    who="用键盘的人和盲人在弹窗里按 Tab 键，走着走着就到了看不见的页面上，不知道自己在哪里，也不知道弹窗还开着。",
    who_en="With the Tab key people slip out of the dialog onto the covered page, and do not know where they are.",
    repair=(
        "请开发单位让 Tab 键在弹窗打开时只在弹窗里循环，或给后面的页面加上 inert 属性。",
        "最简单的做法是改用 <dialog> 元素和 showModal()。",
    ),
    repair_en=(
        "Ask the vendor to keep Tab inside while the dialog is open, or to put the inert attribute on the page behind it.",
        "The simplest way is <dialog> with showModal().",
    ),
    verify="打开弹窗，连续按 Tab 键，焦点一直在弹窗里，直到关闭它。",
    before=_layer(**BUTTON, role=DIALOG, opened=FOCUS, closed=BACK),
    after=NATIVE,
    bad=(
        _layer(**BUTTON, role=DIALOG, opened=FOCUS, closed=BACK), _layer(opened=FOCUS, closed=BACK),
        _layer(opened="setTimeout(function(){" + FOCUS + "},200)", closed=BACK,
            more="document.onkeydown=function(e){if(e.keyCode==27)shut()}"),
    ),
    good=(GOOD, NATIVE, MENU, TOAST, _layer(**BUTTON, role=DIALOG, opened=FOCUS + ";" + "document.querySelectorAll('body>p,body>"
        "div:not(#box)')"
        ".forEach(function(one){one.inert=true})", closed="document.querySelectorAll('[inert]').forEach(function(one){one.inert=false});"
        + BACK)),
)  # fmt: skip
def dialog_focus_leaves(document: Document) -> Iterator[Hit]:
    """2.4.3 where a shade lies over the page, so that what is focused behind it cannot be seen or used."""
    for node, dialog in _dialogs(document):
        if not dialog["modal"] or not (dialog["inside"] or dialog["tab_in"]) or "trigger" not in dialog:
            continue
        if dialog["leaves"] is None:
            yield passed(node)
        else:
            met = document.meet(dialog["leaves"])
            where = f"“{_words(met)}”" if met is not None and _words(met) else "后面的页面"
            yield failed(node, f"从“{_words(node)}”打开弹窗{_named(dialog)}后按 Tab 键，焦点走到了被遮住的{where}；请让焦点留在弹窗里")


@check(
    id="dialog-focus-lost",
    reads=("capture", "dialogs"),
    criteria=("2.4.3",),
    title="弹窗关闭后，焦点回不到原处",
    title_en="Focus is lost when a dialog closes",
    who="用键盘的人和盲人关闭弹窗后被扔回页面开头，要从头再走一遍才能回到刚才的地方。",
    who_en="After closing it, people who use the keyboard are thrown back to the beginning of the page and must walk all the way again.",
    repair=("请开发单位在关闭弹窗时把焦点移回打开它的控件。", "最简单的做法是改用 <dialog> 元素和 showModal()，浏览器会把焦点送回去。"),
    repair_en=("Ask the vendor to move the focus back to the control that opened it.", "The simplest way is <dialog> with showModal()."),
    verify="打开弹窗再关闭，焦点回到打开它的控件上，再按 Tab 键接着往下走。",
    before=_layer(**BUTTON, role=DIALOG, opened=FOCUS, more=TRAP),
    after=NATIVE,
    bad=(
        _layer(**BUTTON, role=DIALOG, opened=FOCUS, more=TRAP), _layer(opened=FOCUS, more=TRAP),
        _layer(opened=FOCUS, more=TRAP, closed="document.body.appendChild(box)"),
    ),
    good=(GOOD, NATIVE, MENU, TOAST),
)  # fmt: skip
def dialog_focus_lost(document: Document) -> Iterator[Hit]:
    """2.4.3: nothing has the focus after it was closed by a key, and the next Tab does not go on where people were."""
    for node, dialog in _dialogs(document):
        if dialog["back"]:
            yield passed(node)
        elif dialog["back"] is False and (dialog["modal"] or dialog["marked"]):
            met = document.meet(dialog.get("next"))
            where = f"，再按 Tab 键走到了“{_words(met)}”" if met is not None and _words(met) else ""
            yield failed(node, f"从“{_words(node)}”打开的弹窗{_named(dialog)}关闭后，焦点不在任何控件上{where}；请把焦点移回打开它的控件")


@check(
    id="dialog-not-closed-by-key",
    reads=("capture", "dialogs"),
    criteria=("2.1.2",),
    title="弹窗用键盘关不掉",
    title_en="Dialog that no key was seen to close",
    who="用键盘的人和盲人打开弹窗后，按 Esc 键、按关闭按钮都关不掉，就困在里面，只能重新打开页面。",
    who_en="People who use the keyboard cannot close it with Esc or its button, and are stuck until they load the page again.",
    repair=("请开发单位让 Esc 键关闭弹窗，并把关闭图标做成 <button type=\"button\" aria-label=\"关闭\">。",),
    repair_en=("Ask the vendor to let Esc close it, and to make its cross a <button type=\"button\" aria-label=\"close\">.",),
    verify="不用鼠标打开弹窗，按 Esc 键能关闭；或按 Tab 键走到关闭按钮，按回车键能关闭。",
    before=_layer(opened=FOCUS).replace("<a href='javascript:;' onclick='shut()'>关闭</a>", "<span onclick='shut()'>×</span>").replace(
        " onclick='shut()'>确定", ">下一步"),
    after=NATIVE,
    unsure=(
        _layer(opened=FOCUS).replace("<a href='javascript:;' onclick='shut()'>关闭</a>", "<span onclick='shut()'>×</span>").replace(
            " onclick='shut()'>确定", ">下一步"),
        _layer(**BUTTON, role=DIALOG, opened=FOCUS).replace("<a href='javascript:;' onclick='shut()'>关闭</a>",
            "<i class='close' style='display:inline-block;width:20px;height:20px;background:red' onclick='shut()'></i>").replace(
            " onclick='shut()'>确定", ">登录"),
    ),
    good=(GOOD, NATIVE, MENU, _layer(opened=FOCUS)),
)  # fmt: skip
def dialog_not_closed_by_key(document: Document) -> Iterator[Hit]:
    """2.1.2 in spirit: a person must see whether there is another way out."""
    for node, dialog in _dialogs(document):
        if "closes" not in dialog or not (dialog["modal"] or dialog["marked"]) or not dialog["tabbables"]:
            continue
        if dialog["closes"] in ("Escape", "key"):
            yield passed(node)
        else:
            seen = "关闭图标只能用鼠标点击" if dialog["closes"] == "mouse" else "也没有找到能用键盘按的关闭按钮"
            yield unsure(node, f"从“{_words(node)}”打开的弹窗{_named(dialog)}按 Esc 键关不掉，{seen}；请确认用键盘能关闭它")


def _dialogs(document: Document) -> Iterator[tuple[Node, Mapping[str, Any]]]:
    """What was opened, by the control that opened it; a dialog that stood there from the beginning by itself."""
    told = document.facts.get("dialogs") or {}
    met: set[int] = set()
    for dialog in [*([told["standing"]] if told.get("standing") else []), *told.get("dialogs", ())]:
        node = document.meet(dialog.get("trigger") or dialog["overlay"])
        if node is not None and node.index not in met:
            met.add(node.index)
            yield node, dialog


def _words(node: Node) -> str:
    return (node.name or node.text or node.get("title") or "这个控件")[:16]


def _named(dialog: Mapping[str, Any]) -> str:
    return f"“{dialog['words'][:14]}”" if dialog["words"] else ""
