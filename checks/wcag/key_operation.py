"""What takes the focus and looks like a button, but answers to the mouse alone, stops everyone who presses Enter on it."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed
from checks.document import Document

PRINT = "<p>正文内容</p><p id='out'></p>"


@check(
    id="control-not-operable-by-key",
    reads=("capture", "dialogs"),
    criteria=("2.1.1",),
    impact=Impact.CRITICAL,
    title="走得到、按不动：控件只对鼠标点击有反应",
    title_en="Control takes the focus but answers to clicks only",
    who="用键盘的人和盲人能走到这个控件，读屏软件也说它是按钮，可是按回车键、空格键、方向键都没有反应。",
    who_en="The focus reaches it and a screen reader calls it a button, but Enter, Space and the arrows do nothing.",
    repair=(
        "请开发单位把它换成真正的 <button type=\"button\">，原来的点击脚本不用改。",
        "一时不能换的，请加上键盘脚本，让回车键和空格键与点击有同样的效果。",
    ),
    repair_en=(
        "Ask the vendor for a real <button type=\"button\">; its script for clicks may stay.",
        "Where it cannot be replaced yet, add a script that lets Enter and Space do what a click does.",
    ),
    verify="用 Tab 键走到这里，按回车键或空格键，得到与鼠标点击同样的结果。",
    before=PRINT + "<div role='button' tabindex='0' onclick=\"out.textContent='已切换到大字版'\">大字版</div>",
    after=PRINT + "<button type='button' onclick=\"out.textContent='已切换到大字版'\">大字版</button>",
    bad=(
        PRINT + "<div role='button' tabindex='0' onclick=\"out.textContent='已切换到大字版'\">大字版</div>",
        PRINT + "<ul role='tablist'><li role='tab' tabindex='0' aria-selected='true'>要闻</li><li role='tab' tabindex='0' "
            "aria-selected='false' "
        "id='t2'>公告</li></ul><div id='c2' style='display:none'>公告的内容</div><script>t2.addEventListener('click',()=>"
        "c2.style.display='')"
        "</script>",
        PRINT + "<span tabindex='0' style='cursor:pointer' id='s'>展开全文</span><div id='m' hidden>余下的正文</div><script>"
        "s.addEventListener('click',function(){m.hidden=false})</script>",
        PRINT + "<div role='checkbox' tabindex='0' aria-checked='false' aria-label='同意' style='width:20px;height:20px;background:#ccc' "
        "onclick=\"this.setAttribute('aria-checked','true')\"></div>",
    ),
    good=(
        PRINT + "<div role='button' tabindex='0' onclick=\"out.textContent='大字版'\" "
            "onkeydown=\"if(event.key==='Enter')this.click()\">大字版"
        "</div>",
        PRINT + "<button type='button' onclick=\"out.textContent='大字版'\">大字版</button>",
        PRINT + "<div role='button' tabindex='0' onclick=\"out.textContent='大字版'\" onkeyup=\"if(event.keyCode===32)this.click()\">"
            "大字版</div>",
        PRINT + "<ul role='tablist' id='l'><li role='tab' tabindex='0' aria-selected='true'>要闻</li><li role='tab' tabindex='0' "
        "aria-selected='false' id='t2'>公告</li></ul><div id='c2' style='display:none'>公告的内容</div><script>l.addEventListener('click',"
        "e=>c2.style.display=e.target===t2?'':'none');l.addEventListener('keydown',e=>{if(e.key==='Enter')c2.style.display=''})</script>",
        PRINT + "<div tabindex='0' onclick='void 0' style='height:60px;overflow:auto'>可以滚动的正文</div>",
        PRINT + "<div role='button' tabindex='0' aria-disabled='true' onclick=\"out.textContent='x'\">提交中</div>",
        PRINT + "<div tabindex='0' role='button' onmouseover=\"out.textContent='提示文字'\">提示</div>",
    ),
)  # fmt: skip
def control_not_operable_by_key(document: Document) -> Iterator[Hit]:
    """2.1.1 (F42, F54): each was focused and given Enter, Space and arrows, then clicked; twice where only the click did something."""
    for told in (document.facts.get("dialogs") or {}).get("controls", ()):
        node = document.meet(told["control"])
        if node is None:
            continue
        if told["key"]:
            yield passed(node)
        elif told["click"]:
            words = (node.name or node.text or "这个控件")[:16]
            yield failed(node, f"“{words}”能用 Tab 键走到，点击有反应，按回车键、空格键和方向键都没有反应；请改用 <button> 元素")
