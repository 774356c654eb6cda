"""Who works a computer by voice says the words on the screen, and nothing happens because the control goes by another name.

A second voice beside axe: it reads fields and buttons made by <input> too, and compares Chinese, which has no spaces, sign by sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, check, failed, passed, unsure
from checks.document import Document, Node, collapsed

TOKEN = re.compile("[a-z][a-z\u00df-\u00f6\u00f8-\u024f]*|[0-9]+|[\u3400-\u9fff]")
ASIDE = re.compile(r"[(（\[【<〈][^()（）\[\]【】<>]*[)）\]】>〉]")
LETTER = re.compile("[a-zA-Z0-9]?")
ICONS = re.compile(r"icon|awesome|glyph|symbol", re.IGNORECASE)
NAMED = frozenset({"aria-label", "aria-labelledby"})
CONTROLS = ("link", "button", "menuitem", "tab", "option", "treeitem", "checkbox", "radio", "switch", "menuitemcheckbox", "menuitemradio")
FIELDS = ("textbox", "searchbox", "combobox", "listbox", "spinbutton", "slider", "checkbox", "radio", "switch")
LONG = 30  #: pieces (Han signs and words), from which on it is open what of a text is the label


@check(
    id="label-content-name-mismatch",
    bad=(
        '<a href="/sb/" aria-label="进入业务系统">在线申报</a>',
        '<button aria-label="提交">保存草稿</button>',
        '<input type="submit" value="查询" aria-label="提交表单">',
        '<label for="a">联系电话</label><input id="a" aria-label="手机">',
        '<a href="/d" aria-label="Get the file">Download report</a>',
        '<p id="x">关闭</p><button aria-labelledby="x">取消办理</button>',
    ),
    unsure=(
        '<a href="/d" aria-label="nonstandard form">Non-standard form</a>',
        '<a href="/a" aria-label="残疾人证办理">残疾人证办理 凡符合残疾标准的居民可以自愿申请，由户籍地县级残联受理并组织评定</a>',
    ),
    good=(
        '<a href="/sb/" aria-label="在线申报（进入业务系统）">在线申报</a>',
        '<a href="/gd" aria-label="更多通知公告">更多 &gt;&gt;</a>',
        '<a href="/gd" aria-label="首页">首 页</a>',
        '<button aria-label="关闭">×</button><button aria-label="加粗">B</button><button aria-label="放大字体">A+</button>',
        '<button aria-label="搜索"><i style="font-family:Material Icons">search</i></button>',
        '<button aria-label="搜索"><span style="position:absolute;overflow:hidden;width:1px;height:1px">放大镜</span>&#xe601;</button>',
        '<label for="a">姓名（必填）：</label><input id="a" aria-label="姓名">',
        '<input type="submit" value="查 询" aria-label="查询办件进度">',
        '<a href="/d" aria-label="download REPORT now">Download report</a>',
        '<div aria-label="分组">文字</div>',
        '<a href="/sb/" title="进入业务系统">在线申报</a>',
        '<label>关键词 <input placeholder="请输入"></label>',
        '<button hidden aria-label="提交">保存</button>',
    ),
)
def label_in_name(document: Document) -> Iterator[Hit]:
    """2.5.3 (F96); the words shown must stand in the name, in their order; marks, icons and asides in brackets do not count."""
    labels = {label.get("for"): label for label in document.elements("label") if label.has("for") and label.visible}
    for node in document.by_role(*dict.fromkeys((*CONTROLS, *FIELDS))):
        if node.name_from not in NAMED or not node.visible or node.hidden:
            continue
        shown = _shown(node, labels)
        said = _pieces(node.name)
        wanted = [pieces for text in (shown, ASIDE.sub(" ", shown)) if (pieces := _pieces(text))]
        if not wanted or LETTER.fullmatch("".join(wanted[0])):
            continue
        if any(_within(pieces, said) for pieces in wanted):
            yield passed(node)
        elif any("".join(pieces) in "".join(said) for pieces in wanted) or (len(wanted[0]) > LONG and _within(said, wanted[0])):
            yield unsure(node, f"屏幕上的文字是“{shown[:60]}”，读出的名称是“{node.name[:40]}”；请看两者是否算作一致")
        else:
            yield failed(node, f"屏幕上的文字是“{shown[:60]}”，读出的名称是“{node.name[:40]}”；请让名称包含屏幕上的文字")


def _shown(node: Node, labels: dict[str, Node]) -> str:
    """The words that people take for the control's label."""
    if node.tag == "input" and node.get("type").strip().lower() in ("submit", "button", "reset"):
        return collapsed(node.get("value"))
    if node.tag in ("input", "select", "textarea"):
        label = labels.get(node.get("id")) if node.has("id") else None
        return label.text if label is not None and label.scope is node.scope and not _holds_field(label, node) else ""
    if node.role in ("textbox", "searchbox", "combobox", "listbox", "spinbutton", "slider"):
        return ""
    if any(ICONS.search(one.style("font-family")) for one in (node, *node.descendants()) if one.own_text):
        return ""
    return node.text


def _holds_field(label: Node, field: Node) -> bool:
    return any(one.tag in ("select", "textarea", "input") and one is not field for one in label.descendants())


def _pieces(text: str) -> list[str]:
    return TOKEN.findall(text.casefold())


def _within(part: list[str], whole: list[str]) -> bool:
    """Whether a list stands in another, without a gap."""
    return any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))
