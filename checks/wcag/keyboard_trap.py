"""Who uses the keyboard alone and cannot get out of a field or window any more must close the page and begin again."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document

WINDOW = (
    '<a href="/a">首页</a><div id="w" role="dialog" aria-label="提示" style="border:1px solid">{}</div><script>'
    'const inside = () => [...w.querySelectorAll("button, input, a")];'
    'document.addEventListener("focusin", (e) => {{ if (w.style.display !== "none" && !w.contains(e.target)) inside()[0].focus(); }});'
    'document.addEventListener("keydown", (e) => {{ if (e.key !== "Tab" || w.style.display === "none") return; e.preventDefault();'
    ' const all = inside(), at = all.indexOf(document.activeElement), step = e.shiftKey ? -1 : 1;'
    ' all[(at + step + all.length) % all.length].focus(); }});{}</script>'
)
EDITOR = (
    '<p>留言内容</p><textarea id="t" aria-label="留言"></textarea><button type="button">预览</button>'
    '<script>t.addEventListener("keydown", (e) => {{ if (e.key === "Tab"{}) {{ e.preventDefault(); t.value += "\\t"; }} }});</script>'
)
KEPT = (
    '<p>{}</p><a href="#">说明</a><button type="button" id="b">第一步</button><a href="#" id="after">第二步</a><script>'
    'let held = true; b.onblur = () => {{ if (held) setTimeout(() => b.focus(), 5); }};'
    'document.onkeydown = (e) => {{ if ({}) {{ held = false; after.focus(); }} }};</script>'
)
HELP = (
    '<button type="button" id="b">第一步</button><button type="button" id="h">如何离开这里</button><p id="help"></p><script>'
    'let held = true; b.onblur = () => {{ if (held) setTimeout(() => h.focus(), 5); }};'
    'h.onblur = () => {{ if (held) setTimeout(() => b.focus(), 5); }};'
    'h.onclick = () => {{ help.textContent = "{}"; }};'
    'document.onkeydown = (e) => {{ if (e.ctrlKey && e.key === "m") {{ held = false; }} }};</script>'
)


@check(
    id="keyboard-trap",
    criteria=("2.1.2",),
    impact=Impact.CRITICAL,
    title="键盘焦点进得去、出不来",
    title_en="Keyboard focus is trapped",
    who="只用键盘的人走到这里后，按 Tab 键、Shift+Tab 键和 Esc 键都离不开，后面的内容再也到不了，只能关掉网页重来。",
    who_en="Keyboard users who get here cannot leave with Tab, Shift+Tab or Esc; they can only close the page and begin again.",
    repair=(
        "这是模板或插件里的问题，网站编辑无法修改，请转告开发单位。",
        "请开发单位删去焦点离开时又把它拉回来的脚本（onblur、focusin 中的 focus()），不要截住 Tab 键；"
        "对话框要能用 Esc 键和“关闭”按钮关上，编辑框要截住 Tab 键的，须写明用哪个键离开。",
    ),
    repair_en=(
        "This lies in the template or a plug-in and editors cannot change it; please pass it on to the vendor.",
        "Ask the vendor to remove scripts that fetch the focus back when it leaves, and not to swallow Tab; dialogues must close with Esc "
        "and a button, and an editor that needs Tab must say which key leaves it.",
    ),
    verify="不用鼠标，从页面开头一直按 Tab 键，能走完全页并回到浏览器的地址栏；反方向按 Shift+Tab 键也一样。",
    before='<input aria-label="手机号码" onblur="setTimeout(() => this.focus(), 10)"><a href="/a">办事指南</a>',
    after='<input aria-label="手机号码" onblur="this.value = this.value.trim()"><a href="/a">办事指南</a>',
    reads=("capture", "keyboard"),
    bad=(
        '<a href="#">首页</a><button type="button" onblur="setTimeout(() => this.focus(), 10)">提交</button><a href="#">公开</a>',
        '<button type="button" onblur="setTimeout(() => this.nextElementSibling.focus(), 10)">甲</button>'
        '<button type="button" onblur="setTimeout(() => this.previousElementSibling.focus(), 10)">乙</button><button type="button">'
        '丙</button>',
        '<input aria-label="姓名" onblur="setTimeout(() => this.focus(), 120)"><a href="/a">下一步</a>',
        '<input aria-label="身份证号" onblur="if (!this.value) { requestAnimationFrame(() => this.focus()) }"><a href="/a">下一步</a>',
        EDITOR.format(""),
        '<div contenteditable="true" role="textbox" aria-label="正文" id="e">内容</div><a href="/a">发布</a><script>'
        'e.onkeydown = (k) => { if (k.keyCode === 9) { document.execCommand("insertText", false, "  "); return false; } };</script>',
        WINDOW.format('<p>本站正在升级</p><input aria-label="姓名"><button type="button">登记</button>', ""),
        KEPT.format("请按顺序填写。", "e.ctrlKey &amp;&amp; e.key === 'm'".replace("&amp;", "&")),
        KEPT.format("按 Ctrl+M 离开这里。", "false"),
        HELP.format("请联系网站管理员"),
        '<a href="/a">首页</a><input aria-label="验证码" onblur="this.focus()"><a href="/b">公开</a>',
        '<a href="/a">首页</a><a href="/b">公开</a><script>document.onkeydown = (e) => { if (e.key === "Tab") return false; };</script>',
        '<a href="/a">首页</a><div onfocusout="setTimeout(() => q.focus())"><input id="q" aria-label="关键词"></div><a href="/b">公开</a>',
    ),
    unsure=(
        EDITOR.format(" && !e.shiftKey"),
        '<a href="/a">首页</a><a href="/b" id="b" onkeydown="if (event.key === \'Tab\' && !event.shiftKey) event.preventDefault()">公开</a>'
        '<a href="/c">服务</a>',
    ),
    good=(
        '<a href="/a">首页</a><button type="button">提交</button><input aria-label="姓名">',
        '<p>没有可以操作的内容</p>',
        '<button type="button" disabled onblur="this.focus()">提交</button><a href="/a">首页</a>',
        WINDOW.format('<input aria-label="姓名"><button type="button">登记</button>',
                      'document.addEventListener("keyup", (e) => { if (e.key === "Escape") w.style.display = "none"; });'),
        WINDOW.format('<p>本站正在升级</p><button type="button" onclick="w.style.display = \'none\'">关闭</button><button '
                      'type="button">查看'
                      '</button>', ""),
        WINDOW.format('<a href="javascript:void(0)" onclick="w.style.display = \'none\'">×</a><a href="/n">查看公告</a>', ""),
        KEPT.format("按 Ctrl+M 离开这里。", "e.ctrlKey && e.key === 'm'"),
        KEPT.format("按 F6 键进入下一步。", "e.key === 'F6'"),
        HELP.format("按 Ctrl+M 离开"),
        KEPT.format("Press the M-key to exit.", "e.key === 'm'"),
        '<a href="javascript:void(0)" onclick="help.textContent = \'按 Ctrl+M 离开\'">如何离开按钮</a><p id="help"></p>'
        + KEPT.format("请按顺序填写。", "e.ctrlKey && e.key === 'm'"),
        '<button type="button" onblur="setTimeout(() => this.nextElementSibling.focus(), 10)">甲</button><button type="button">乙</button>'
        '<button type="button">丙</button>',
        '<input aria-label="姓名" id="i"><a href="/a">下一步</a><script>let once = false; i.onblur = () => { if (!once) { once = true;'
        ' setTimeout(() => i.focus(), 10); } };</script>',
        '<input type="date" aria-label="日期"><iframe title="公告" srcdoc="&lt;a href=/1&gt;一&lt;/a&gt;&lt;a '
        'href=/2&gt;二&lt;/a&gt;"></iframe>'
        '<video controls width="300" height="150"></video><a href="/a">首页</a>',
        '<div role="tablist"><button type="button" role="tab" aria-selected="true">要闻</button><button type="button" role="tab" '
        'tabindex="-1"'
        ' aria-selected="false">公告</button></div><a href="/a">更多</a>',
        '<a href="/a" onfocus="this.blur()">首页</a><a href="/b">公开</a>',
    ),
)  # fmt: skip
def keyboard_trap(document: Document) -> Iterator[Hit]:
    """2.1.2, F10 and G21: the walk could not leave the page, on two loads, in either direction, nor by the keys that the page names."""
    facts = document.facts.get("keyboard") or {}
    trap, stops = facts.get("trap"), facts.get("stops", ())
    if trap is None:
        first = document.meet(stops[0]["element"]) if stops and facts["left"] and not facts["cut"] else None
        if first is not None:
            yield passed(first)
        return
    if trap["exit"]:
        return
    held = [node for told in trap["cycle"] if (node := document.meet(told)) is not None]
    node = min(held, key=lambda one: one.index) if held else document.body
    if node is None:
        return
    words = "、".join(f"“{name[:16]}”" for one in held[:3] if (name := one.name or one.text)) or "这里"
    if trap["backwards"]:
        yield unsure(node, f"按 Tab 键走到{words}后不再向前，只能按 Shift+Tab 键往回走；请确认后面的内容不用鼠标也能到达")
    elif not held:
        yield failed(node, "按 Tab 键和 Shift+Tab 键都没有反应，焦点走不进网页的内容；请不要用脚本截住 Tab 键")
    else:
        tried = "、".join(["Tab", "Shift+Tab", *(key.replace("Escape", "Esc").replace("Control", "Ctrl") for key in trap["tried"][:3])])
        yield failed(node, f"焦点进入{words}后就出不来，两次打开网页都是这样；试过 {tried}，请删去把焦点拉回来或截住按键的脚本")
