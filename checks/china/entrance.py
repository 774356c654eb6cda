"""The entrance to the aids for disabled and old people must be open to just those people: by keyboard, and with a name that is spoken."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed
from checks.controls import entrance, mouse_only, reached_by_tab
from checks.document import Document, Node

ELDER = '<a href="/zz/" style="display:block;width:30px;height:30px"><img src="/images/zhangzhe.png" alt=""></a>'


@check(
    id="aid-entrance",
    criteria=("2.1.1", "4.1.2"),
    impact=Impact.CRITICAL,
    covers=("link-name", "image-alt", "button-name", "input-image-alt", "aria-command-name"),
    title="无障碍或长者版入口自身有障碍",
    title_en="The entrance to the accessible or senior version is itself a barrier",
    who="无障碍浏览和长者版是为看不见、用不了鼠标的人准备的，入口若只能用鼠标点击，或者读不出名称，最需要它的人恰恰进不去。",
    who_en="Accessible and senior versions are made for people who do not see or cannot use a mouse; an entrance without keyboard or name "
        "shuts out just them.",
    repair=(
        "入口是图片的，在后台编辑器中给图片填写替代文本“无障碍浏览”或“长者版”。",
        "请开发单位（无障碍工具条由服务商提供的，请服务商）把入口写成 <button> 或带 href 的 <a>，文字写明“无障碍浏览”或“长者版”。",
    ),
    repair_en=(
        "Where the entrance is a picture, give it the alternative text “Accessible browsing” or “Senior version” in the editor.",
        "Ask the vendor (of the toolbar, where it is a product) for a <button> or an <a> with href, named by what it opens.",
    ),
    verify="不用鼠标，按 Tab 键能走到这个入口，读屏软件读出“无障碍浏览”或“长者版”，按回车键能打开。",
    before='<span onclick="openTool()" style="cursor: pointer">无障碍浏览</span>',
    after='<button type="button" onclick="openTool()">无障碍浏览</button>',
    bad=(
        '<div id="gt_btn" style="cursor:pointer" onclick="a()">无障碍</div>', '<a id="toolbarSwitch" onclick="a()">长者版</a>',
        '<img src="/wza.png" alt="无障碍浏览" onclick="openTool()" style="cursor:pointer">', ELDER,
        '<div id="t" style="cursor:pointer">关怀版</div><script>t.addEventListener("click",()=>{document.title="a"})</script>',
    ),
    good=(
        '<a href="javascript:void(0)" id="toolbarSwitch" title="无障碍浏览">无障碍</a>',
        '<a href="http://wza.example.test/">网站无障碍</a>',
        '<a href="/zz/"><img src="/zhangzhe.png" alt="长者专区"></a>', '<button type="button" onclick="a()">进入关怀版</button>',
        '<a href="/n/1.html">全市公共场所无障碍设施建设推进会召开，部署全年工作</a>', '<p>本网站提供无障碍浏览。</p>',
        '<li><span>长者版</span></li>', '<div style="display:none" onclick="a()">无障碍</div>',
        '<div onclick="a()" style="cursor:pointer"><a href="javascript:;">长者版</a></div>',
    ),
)  # fmt: skip
def aid_entrance(document: Document) -> Iterator[Hit]:
    """2.1.1 for what only the mouse opens, 4.1.2 for a link or button to it that has no name."""
    for node in mouse_only(document):
        if words := entrance(node):
            yield failed(node, f"“{words}”入口只能用鼠标点击，Tab 键走不到；请改用 <button> 元素或带 href 的 <a> 元素")
    for node in document.by_role("link", "button"):
        if not reached_by_tab(node) or not node.visible or not (words := entrance(node)):
            continue
        if _nameless(node):
            yield failed(
                node, "从文件名或编号看，这是无障碍或长者版的入口，但读屏软件读不出名称；请给图片填写替代文本，或给入口加 aria-label"
            )
        else:
            yield passed(node)


def _nameless(node: Node) -> bool:
    return not node.name and not node.text
