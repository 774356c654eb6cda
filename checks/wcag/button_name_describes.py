"""Who presses buttons by ear hears «button button», which may send, clear or close."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed
from checks.document import Document, Node
from checks.words import bare, is_path

ANY_BUTTON = re.compile(
    r"(?:这是|一个|新)*(?:按钮|按键|控件|图标|图标按钮|图片|未命名|标签)[0-9]{0,3}|(?:an?)?(?:icon|image|img|svg|untitled)?(?:button|btn|icon|control|element|label|"
    r"untitled|undefined|null)[0-9]{0,3}"
)


@check(
    id="button-name-describes",
    criteria=("2.4.6",),
    covers=("input-image-alt",),
    impact=Impact.SERIOUS,
    title="按钮的名称没有说明按下后做什么",
    title_en="Button name does not say what it does",
    who="使用读屏软件的盲人走到按钮上，听到的是“按钮，按钮”，不知道按下去是提交、清空还是关闭，不敢操作。",
    who_en="A blind person hears «button, button» and dares not press it: it may send, clear or close.",
    repair=("请开发单位把按钮的文字或 aria-label 改成它的作用，例如“搜索”“关闭飘窗”。", "图标按钮写作用，不写图标的样子。"),
    repair_en=(
        "Ask the vendor to change the button's text or aria-label to what it does, such as “Search” or “Close”.",
        "For a button with an icon, write what it does, not what the icon looks like.",
    ),
    verify="按 Tab 键走到按钮，读屏软件读出它的作用。",
    before='<button aria-label="按钮">×</button>',
    after='<button aria-label="关闭飘窗">×</button>',
    bad=(
        '<button aria-label="button">&#xe601;</button>',
        "<button>按钮1</button>",
        '<button title="icon-close_2.svg"></button>',
    ),
    good=(
        "<button>搜索</button>",
        "<button>×</button>",
        '<input type="submit">',
        '<button aria-label="按钮" hidden>×</button>',
        '<button aria-label="按钮颜色">色</button>',
        "<button>Menu</button>",
        "<button>截图</button>",
        '<button><img src="/i.png" alt="icon"></button>',
    ),
)
def button_name_describes(document: Document) -> Iterator[Hit]:
    """2.4.6 (G131): a name that would do for any button describes none. Image buttons are left to image-alt-describes."""
    for button in document.by_role("button"):
        if button.hidden or not button.name or not (button.visible or button.tabbable) or _by_picture(button):
            continue
        if ANY_BUTTON.fullmatch(bare(button.name)) or is_path(button.name):
            yield failed(button, f"按钮的名称是“{button.name[:40]}”，没有说明按下后做什么；请写成它的作用")
        else:
            yield passed(button)


def _by_picture(button: Node) -> bool:
    """Whether a picture gives the name, of which image-alt-describes speaks."""
    if button.tag == "input":
        return button.get("type").strip().lower() == "image"
    return button.name_from == "contents" and not button.text and next(button.descendants("img", "svg"), None) is not None
