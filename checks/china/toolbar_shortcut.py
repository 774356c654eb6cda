"""An open toolbar takes single letters for itself, and who dictates or slips on the keyboard sets it off."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, check, failed, passed, unsure
from checks.china.toolbar_parts import TOOLS, bar, tried
from checks.document import Document

KEY = "document.addEventListener('keydown',function(e){if(b&&e.key=='c'&&!e.ctrlKey)document.body.style.background='#ff0'})"


@check(
    id="toolbar-shortcut",
    reads=("capture", "toolbar"),
    criteria=("2.1.4",),
    title="打开无障碍工具条后，单个字母键成了快捷键",
    title_en="With the accessibility toolbar open, single letters are shortcuts",
    who="用语音输入的人说出的字，手部颤抖的人碰到的键，都会触发工具条的功能；读屏软件自己的单键命令也被它抢走。",
    who_en="What people dictate, or hit with a trembling hand, sets the toolbar off; screen readers lose their single keys.",
    repair=("请工具条的服务商取消单键快捷键，或改为与 Alt、Ctrl 组合。", "需要保留的，在工具条里提供“关闭快捷键”的开关。"),
    repair_en=(
        "Ask the vendor of the toolbar to drop single-key shortcuts, or to join them with Alt or Ctrl.",
        "Where they must stay, offer a switch in the toolbar that turns them off.",
    ),
    verify="打开工具条，在网页空白处依次按字母键和数字键，页面没有变化。",
    before=bar(opens=KEY),
    after=bar(opens=KEY.replace("!e.ctrlKey", "e.ctrlKey")),
    bad=(
        bar(opens=KEY),
        bar(opens="window.onkeyup=function(e){if(b&&e.key=='3')m.style.display='none'}"),
    ),
    unsure=(bar(tools=TOOLS + "<p>可以在设置中关闭快捷键</p>", opens=KEY),),
    good=(
        bar(), bar(opens=KEY.replace("!e.ctrlKey", "e.ctrlKey")),
        bar(opens="document.addEventListener('keydown',function(){window.n=1})"),
    ),
)  # fmt: skip
def toolbar_shortcut(document: Document) -> Iterator[Hit]:
    """2.1.4: a letter or digit, pressed while nothing had the focus, changed the page on two loads; key listeners came with the toolbar."""
    found = tried(document)
    if found is None:
        return
    told, entrance = found
    if told["key"]:
        sentence = f"“{told['words']}”打开以后，在空白处按“{told['key']['key']}”键，页面就有变化"
        if told["key"]["switch"]:
            yield unsure(entrance, f"{sentence}；工具条里提到可以关闭快捷键，请看是否有效")
        else:
            yield failed(entrance, f"{sentence}，工具条里没有关闭快捷键的开关；请取消单键快捷键，或改为与 Alt、Ctrl 组合")
    elif told["opens"]:
        yield passed(entrance)
