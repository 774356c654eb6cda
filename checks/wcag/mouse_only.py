"""Who has no mouse, or does not see where to point it, cannot use what answers to nothing but clicks on a <div> or <img>."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.controls import Clicked, clicked_only, clicked_rows, reached_by_tab, twin_beside
from checks.document import Document, Node


@check(
    id="mouse-only-control",
    criteria=("2.1.1",),
    impact=Impact.CRITICAL,
    title="只能用鼠标操作",
    title_en="Works with the mouse only",
    who="不能使用鼠标的人和使用读屏软件的盲人，按 Tab 键走不到这里，按回车键也没有反应，这项功能对他们等于没有。",
    who_en="People who cannot use a mouse, and blind people with a screen reader, cannot reach this with the Tab key nor press it; to them "
        "it does not exist.",
    repair=(
        "在后台编辑器中加的图片或文字，请用“插入链接”代替写在图片或文字上的点击脚本。",
        "请开发单位把它改成真正的控件：打开页面的用 <a href=\"网址\">，执行操作的用 <button type=\"button\">，点击脚本写在控件上。",
        "一时不能换元素的，加上 tabindex=\"0\" 和 role=\"button\"，并让回车键和空格键与点击有同样的效果。",
    ),
    repair_en=(
        "In the editor, use “insert link” instead of a script on a picture or text.",
        "Ask the vendor for a real control: <a href> for what opens a page, <button> for what does something, with the script on it.",
        "Where the element cannot be replaced yet, add tabindex=\"0\" and role=\"button\", and let Enter and Space do what a click does.",
    ),
    verify="不用鼠标，按 Tab 键能走到这里，按回车键能完成同样的操作。",
    before='<span onclick="window.print()" style="cursor: pointer">打印本页</span>',
    after='<button type="button" onclick="window.print()">打印本页</button>',
    bad=(
        '<div onclick="location.href=\'/zwgk/\'">政务公开</div>',
        '<span style="cursor:pointer" onclick="doZoom(\'big\')">大</span>',
        '<img src="/a.png" alt="进入专题" onclick="window.open(\'/zt/\')">',
        '<a style="cursor:pointer" onclick="shareTo(\'qq\')">QQ</a>',
        '<div id="x" style="cursor:pointer;width:40px;height:40px;background:#06c"></div><script>x.addEventListener("click",()=>'
        '{document.title="a"})</script>',
        '<ul><li id="m" style="cursor:pointer">机构设置<ul style="display:none"><li><a href="/1">办公室</a></li></ul></li></ul>'
        '<script>m.onclick=()=>{m.lastChild.style.display="block"}</script>',
        '<input type="text" aria-label="搜索"><img src="/s.png" alt="搜索" style="cursor:pointer" onclick="search()">',
        '<div role="button" style="cursor:pointer" onclick="go()">提交</div>',
    ),
    unsure=(
        '<form action="/s"><input type="text" aria-label="搜索"><i style="cursor:pointer;display:inline-block;width:20px;height:20px" '
        'onclick="s()"></i></form>',
        '<p onclick="remember()">浏览记录</p>',
        '<ul id="u"><li style="cursor:pointer">要闻</li><li style="cursor:pointer">公告</li></ul><script>u.onclick=()=>'
        '{document.title="a"}</script>',
        '<div><img src="/a.png" alt="进入专题" style="cursor:pointer" onclick="go(1)"><a href="/zt/">学习专题</a></div>',
    ),
    good=(
        '<a href="/zwgk/"><img src="/a.png" alt="政务公开"></a>', '<button type="button" onclick="a()"><span>提交</span></button>',
        '<div style="cursor:pointer" onclick="location.href=\'/a\'"><img src="/a.png" alt=""><a href="/a">残疾人证办理</a></div>',
        '<a href="/a">残疾人证办理</a><img src="/a.png" alt="" style="cursor:pointer" onclick="location.href=\'/a\'">',
        '<div tabindex="0" role="button" style="cursor:pointer" onclick="a()" onkeydown="b()">打印</div>',
        '<label style="cursor:pointer" onclick="a()"><input type="checkbox"> 同意</label>',
        '<div style="position:fixed;inset:0;cursor:pointer" onclick="closeAll()"></div>',
        '<div onclick="event.stopPropagation()" style="cursor:pointer">公告内容</div>',
        '<div onclick="_hmt.push([1])" style="cursor:pointer">公告</div>', '<a>当前页</a>',
        '<ul><li style="cursor:pointer">要闻</li><li style="cursor:pointer">公告</li></ul>',
        '<ul id="u"><li style="cursor:pointer"><a href="/a">要闻</a></li><li style="cursor:pointer"><a href="/b">公告</a></li></ul>'
        '<script>u.onclick=()=>{document.title="a"}</script>', '<div style="cursor:pointer">装饰</div>',
        '<div style="display:none" onclick="location=\'/a\'">隐藏的</div>', '<a href="javascript:void(0)" onclick="a()">打印</a>',
        '<ul role="listbox" tabindex="0" aria-label="区县"><li role="option" aria-selected="true" style="cursor:pointer" onclick="a()">'
        '城关镇</li></ul>',
        '<div role="tablist"><span role="tab" tabindex="0" onclick="a()">要闻</span><span role="tab" tabindex="-1" style="cursor:pointer" '
        'onclick="b()">公告</span></div>',
        '<div class="video-js"><div style="cursor:pointer;height:90px" onclick="play()"></div><button type="button">播放</button></div>',
        '<div><input type="checkbox" id="c" style="opacity:0"><span style="cursor:pointer" onclick="c.click()">同意</span></div>',
    ),
)  # fmt: skip
def mouse_only_control(document: Document) -> Iterator[Hit]:
    """2.1.1: all that the mouse does the keyboard must do; F54, F59 and F42 name these ways to fail."""
    for one in clicked_only(document):
        node, name = one.node, _named(one.node)
        match one.why:
            case Clicked.SURE:
                yield failed(node, f"{name}只能用鼠标点击，Tab 键走不到；请改用 {_instead(node, one.leads)} 元素")
            case Clicked.FIELD:
                yield unsure(node, "输入框旁的图标只能用鼠标点击；请确认在输入框中按回车键能得到同样的结果")
            case Clicked.TWIN:
                twin = twin_beside(node) or node
                told = f"旁边的“{(twin.name or twin.text)[:16]}”可以用键盘操作"
                yield unsure(node, f"{name}只能用鼠标点击，{told}；请确认两者作用相同")
            case Clicked.SCRIPT:
                code = f"“{(node.get('onclick') or node.get('ondblclick')).strip()[:60]}”"
                yield unsure(node, f"{name}写有点击脚本{code}，但 Tab 键走不到；若点击后有反应，请改用 <button> 元素")
    for row in clicked_rows(document):
        told = "、".join(f"“{one.text[:10]}”" for one in row[:4])
        yield unsure(row[0], f"{told}等 {len(row)} 处有手形光标，但 Tab 键走不到；若点击后有反应，请改用 <button> 或 <a href> 元素")
    for node in document.elements("div", "span", "li", "td", "img", "i", "svg", "p"):
        if node.listeners & {"click"} and node.has("tabindex") and node.exposed and reached_by_tab(node):
            yield passed(node)


def _named(node: Node) -> str:
    words = node.text or node.get("alt") or node.get("title") or node.get("aria-label")
    return f"“{words[:30]}”" if words else "这张图片" if node.tag == "img" else "这个没有文字的控件"


def _instead(node: Node, leads: bool) -> str:
    """What to write in its place."""
    for word, tag in (
        ("checkbox", '<input type="checkbox">'),
        ("radio", '<input type="radio">'),
        ("switch", '<input type="checkbox" role="switch">'),
    ):
        if word in node.get("class").lower():
            return tag
    return "<a href>" if leads else "<button>"
