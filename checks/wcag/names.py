"""Who cannot see an icon hears «link» or «button» and nothing more, though the icon of a font or a pseudo-element looks clear to others.

Second voices: axe computes names by itself, Chromium as it hands them to screen readers; an icon font's sign is text to axe, but no word.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, check, failed, unsure
from checks.document import Document, Node
from checks.words import unspoken


@check(
    id="link-name",
    covers=("area-alt", "aria-command-name"),
    bad=(
        '<a href="/wx/">&#xe601;</a>',
        '<style>i::before { content: "\\f18a" }</style><a href="/wb/"><i></i></a>',
        '<a href="/wb/"><span aria-hidden="true">微博</span></a>',
        '<a href="/a.html"><img src="/a.png" alt=""></a>',
        '<a href="/a.html" aria-label=" "><span style="display:inline-block;width:20px;height:20px;background:red"></span></a>',
    ),
    unsure=('<a href="/wb/" title="官方微博">&#xf18a;</a>',),
    good=(
        '<a href="/wx/">&#xe601; 微信</a>',
        '<style>i::before { content: "\\f18a" }</style><a href="/wb/" aria-label="官方微博"><i></i></a>',
        '<a name="top"></a><a href="/a.html" hidden>&#xe601;</a>',
        '<a href="/a.html">×</a>',
        '<a href="/a.html"><img src="/a.png" alt="残疾人证办理指南"></a>',
        '<div aria-hidden="true"><a href="/a.html" tabindex="-1">&#xe601;</a></div>',
        '<a href="/a.html"><svg width="20" height="20" role="img" aria-label="搜索"><circle cx="9" cy="9" r="9"/></svg></a>',
    ),
)
def link_name(document: Document) -> Iterator[Hit]:
    """A link that Chromium tells no name for, or a name without a word."""
    yield from _nameless(document, ("link",), "链接", "写明点击后去哪里")


@check(
    id="button-name",
    covers=("input-button-name", "input-image-alt", "aria-command-name", "summary-name"),
    bad=(
        "<button>&#xe601;</button>",
        '<style>i::after { content: "\\e60a" }</style><div role="button" tabindex="0"><i></i></div>',
        '<button><img src="/s.png" alt=""></button>',
        '<input type="button" value="&#xe62b;">',
    ),
    unsure=('<button title="关闭">&#xe646;</button>',),
    good=(
        "<button>&#xe601; 搜索</button>",
        '<button aria-label="搜索">&#xe601;</button>',
        "<label>搜索 <button>&#xe601;</button></label>",
        "<button hidden>&#xe601;</button>",
        '<button style="visibility:hidden">&#xe601;</button>',
    ),
)
def button_name(document: Document) -> Iterator[Hit]:
    """A button that Chromium tells no name for, or a name without a word."""
    yield from _nameless(document, ("button",), "按钮", "写明按下后做什么")


@check(
    id="label",
    covers=("select-name", "aria-input-field-name", "aria-toggle-field-name", "form-field-multiple-labels"),
    bad=(
        "<p>姓名 <input type=text></p>",
        '<label for="a">&#xe601;</label><input id="a">',
        '<label><span aria-hidden="true">姓名</span><input></label>',
        "<p>区县 <select><option>任城区<option>兖州区</select></p>",
        '<div contenteditable="true" role="textbox"></div>',
    ),
    good=(
        '<label for="a">姓名</label><input id="a">',
        "<label>&#xe601; 姓名 <input></label>",
        '<input aria-label="姓名">',
        '<input type="hidden" name="t"><input style="display:none">',
        '<input title="姓名">',
        '<span id="n">区县</span><select aria-labelledby="n"><option>任城区</select>',
    ),
)
def field_name(document: Document) -> Iterator[Hit]:
    """A field that Chromium tells no name for, or a name without a word."""
    roles = ("textbox", "searchbox", "combobox", "listbox", "spinbutton", "slider", "checkbox", "radio", "switch")
    yield from _nameless(document, roles, "输入框或选项", "写明该填什么、选什么")


def _nameless(document: Document, roles: tuple[str, ...], what: str, do: str) -> Iterator[Hit]:
    helped: list[Node] = []
    for node in document.by_role(*roles):
        if node.hidden or not (node.visible or node.tabbable):
            continue
        if unspoken(node.name) and node.description and not unspoken(node.description):
            helped.append(node)
        elif unspoken(node.name):
            yield failed(node, f"{what}里只有图标字体的符号，读屏软件读不出它的意思；请用文字或 aria-label {do}")
        elif not node.name and not _named_beside(node):
            yield failed(node, f"{what}没有可读出的名称；请用文字、替代文本或 aria-label {do}")
    if helped:
        more = f"，本页共有 {len(helped)} 处" if len(helped) > 1 else ""
        said = helped[0].description[:40]
        yield unsure(helped[0], f"{what}的名称只是图标字体的符号，文字“{said}”只写在 title 里{more}；宜用 aria-label 写成名称")


def _named_beside(node: Node) -> bool:
    """Whether Chromium's word is not the last: options and fields that stand within a named whole of their own kind."""
    return node.inside("combobox", "listbox", "spinbutton") is not None or (
        node.tag == "input" and node.get("type").lower() in ("submit", "reset")
    )
